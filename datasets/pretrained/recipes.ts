import {
  type Dataset,
  type FitOptions,
  fit,
  type Model,
  mobileNetV1,
  mobileNetV1SmallBlocks,
  oneCycleSchedule,
  type TrainingHooks,
  tf,
  vgg,
} from 'tinylab';

// How the networks that come with the project are trained, one entry each; what measures the labs' bars trains more of them from other seeds.

interface Recipe {
  readonly title: string;
  /** The options in words. */
  readonly training: string;
  model(seed: number): Model;
  readonly options: FitOptions;
}

const common = { batchSize: 64, optimizer: 'nesterov', augment: { flip: true } } as const;
const strong = 5e-3;

/** λθ added to the gradients of γ and β, as `weightDecay` adds it to those of kernels. */
const normDecay = (lambda: number): TrainingHooks => ({
  gradients: (gradients, parameters) =>
    Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [
        name,
        /\.(gamma|beta)$/.test(name) ? tf.add(gradient, tf.mul(parameters[name] as tf.Tensor, lambda)) : gradient,
      ]),
    ),
});

export const recipes: Readonly<Record<string, Recipe>> = {
  'fashion-mnist-vgg': {
    title: 'VGG-like network for Fashion-MNIST: eight 3×3 convolutions with batch norm, global average pooling, a dense classifier',
    training:
      '10,000 images, 6 epochs, batches of 64, SGD with Nesterov momentum 0.9, one cycle with a peak of 0.2, weight decay 5e-4, flips',
    model: seed => vgg({ classes: 10, seed }),
    options: { ...common, epochs: 6, learningRate: oneCycleSchedule(0.2), weightDecay: 5e-4 },
  },
  'fashion-mnist-depthwise': {
    title:
      'Small MobileNetV1 for Fashion-MNIST: six depthwise separable blocks with batch norm, global average pooling, a dense classifier',
    training:
      '10,000 images, 8 epochs, batches of 64, SGD with Nesterov momentum 0.9, one cycle with a peak of 0.1, weight decay 5e-3 on kernels and on γ and β of the batch norms (which drives the ranges of channels apart), flips',
    model: seed => mobileNetV1({ input: [28, 28, 1], classes: 10, stem: 16, stemStride: 1, blocks: mobileNetV1SmallBlocks, seed }),
    options: { ...common, epochs: 8, learningRate: oneCycleSchedule(0.1), weightDecay: strong, hooks: normDecay(strong) },
  },
};

/** A network of this name trained from a seed. */
export const trainedAs = (
  name: keyof typeof recipes,
  { seed, train }: { readonly seed: number; readonly train: Dataset },
): Promise<Model> => {
  const { model, options } = recipes[name] as Recipe;
  return fit(model(seed), train, { ...options, seed });
};
