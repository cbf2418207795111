import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { GraderError } from '../base/grader-error.ts';
import { printable } from '../base/text.ts';
import { door } from './access.ts';
import type { Changes } from './changes.ts';
import { gradeEditSchema, presenceSchema, type Refusal, rubricEditSchema } from './messages.ts';
import { outputPolicy } from './output-page.ts';
import type { PageFile } from './page-files.ts';
import type { Review } from './review.ts';

export interface Served {
  readonly review: Review;
  readonly changes: Changes;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly token: string;
  readonly port: () => number;
}

const maximumBody = 200 * 1024;

/** What the server answers: the page's files, the answers, and the changes that graders make. */
export function routes({ review, changes, files, token, port }: Served): Hono {
  const app = new Hono();
  app.use(door({ token, port }));
  app.use(bodyLimit({ maxSize: maximumBody }));
  for (const [path, { type, body }] of files) app.get(path, context => context.body(body, 200, { 'Content-Type': type }));
  app.get('/api/page', async context => context.json(await review.page(context.req.query('question'))));
  app.get('/api/answers/:question/:key', async context => {
    const view = await review.answer(context.req.param('question'), context.req.param('key'));
    return view ? context.json(view) : context.notFound();
  });
  app.get('/api/alike/:question/:key', async context =>
    context.json(await review.alike(context.req.param('question'), context.req.param('key'))),
  );
  app.get('/outputs/:question/:key', async context => {
    const html = await review.outputs(context.req.param('question'), context.req.param('key'));
    return html === undefined ? context.notFound() : context.html(html, 200, { 'Content-Security-Policy': outputPolicy });
  });
  app.get('/prose/:question/:key', async context => {
    const html = await review.prose(context.req.param('question'), context.req.param('key'));
    return html === undefined ? context.notFound() : context.html(html, 200, { 'Content-Security-Policy': outputPolicy });
  });
  addChanges(app, { review, changes });
  addEvents(app, changes);
  app.onError((error, context) => {
    const { status, reason } = explained(error, review.options.blind);
    return context.json({ reason } satisfies Refusal, status);
  });
  return app;
}

/** Words for the page. An error of ours may name a student, so blind mode shows none of its text; the terminal has all of it. */
function explained(error: Error, blind: boolean): { status: 404 | 413 | 500; reason: string } {
  if (error instanceof HTTPException && error.status === 413) return { status: 413, reason: 'This is too long to be saved.' };
  if (error instanceof GraderError && error.code === 'gradebook/unknown') return { status: 404, reason: printable(error.message) };
  process.stderr.write(`${printable(error.message)}\n`);
  return { status: 500, reason: `This did not work. ${blind ? 'The terminal says why.' : printable(error.message)}` };
}

type Body<T> = { readonly value: T } | { readonly wrong: Refusal };

async function bodyOf<T>(request: { json(): Promise<unknown> }, schema: z.ZodType<T>): Promise<Body<T>> {
  const parsed = schema.safeParse(await request.json().catch(() => undefined));
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { wrong: { reason: `${issue?.path.join('.') || 'The request'}: ${issue?.message ?? 'cannot be read'}` } };
}

function addChanges(app: Hono, { review, changes }: Pick<Served, 'review' | 'changes'>): void {
  app.put('/api/answers/:question/:key', async context => {
    const body = await bodyOf(context.req, gradeEditSchema);
    if ('wrong' in body) return context.json(body.wrong, 400);
    const { question, key } = context.req.param();
    const saved = await review.save(question, key, body.value);
    await changes.look();
    return context.json(saved, 'reason' in saved ? 409 : 200);
  });
  app.post('/api/rubric/:question', async context => {
    const body = await bodyOf(context.req, rubricEditSchema);
    if ('wrong' in body) return context.json(body.wrong, 400);
    const done = await review.change(context.req.param('question'), body.value.grader, body.value.edit);
    await changes.look();
    return context.json(done, 'reason' in done ? 409 : 200);
  });
  app.post('/api/here', async context => {
    const body = await bodyOf(context.req, presenceSchema);
    if ('wrong' in body) return context.json(body.wrong, 400);
    changes.here(body.value);
    return context.body(null, 204);
  });
}

const aliveMs = 15_000;

function addEvents(app: Hono, changes: Changes): void {
  app.get('/api/events/:question/:page', context =>
    streamSSE(context, async stream => {
      const { question, page } = context.req.param();
      const stop = await changes.watch(question, page, update => void stream.writeSSE({ data: JSON.stringify(update) }));
      stream.onAbort(stop);
      while (!stream.aborted && !stream.closed) {
        await stream.sleep(aliveMs);
        await stream.writeSSE({ event: 'alive', data: '' });
      }
      stop();
    }),
  );
}
