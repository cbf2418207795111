import { configureGlobal } from 'fast-check';

// Properties see the same cases in every run, so that a failure is about the change at hand. TINYLAB_PROPERTY_SEED=12 tries other ones.
configureGlobal({ seed: Number(process.env.TINYLAB_PROPERTY_SEED ?? 2026) });
