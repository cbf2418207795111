import {
  type Dataset,
  type FitOptions,
  fit,
  type Model,
  mobileNetV1,
  mobileNetV1SmallBlocks,
  network,
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

/** Side of the images that the layers see, and channels of the first one. */
interface TinyShape {
  readonly side: 28 | 14;
  readonly stem: number;
}

/** Five depthwise separable blocks behind a convolution with `stem` channels; images of 14 × 14 are means of 2 × 2 places. */
function tiny({ side, stem }: TinyShape, seed: number): Model {
  const net = network(`tiny-${side}-${stem}`, [28, 28, 1], { seed });
  if (side === 14) net.averagePool(2);
  net.conv2d(stem, 3, { bias: false }).batchNorm().relu();
  for (const [times, strides] of [
    [2, 1],
    [4, 2],
    [4, 1],
    [8, 2],
    [8, 1],
  ] as const) {
    net.depthwiseConv2d(3, { strides, bias: false }).batchNorm().relu();
    net
      .conv2d(times * stem, 1, { bias: false })
      .batchNorm()
      .relu();
  }
  return net.globalAveragePool().dense(10).model();
}

/** One of the family from which a network for a microcontroller is chosen. */
const tinyRecipe = (shape: TinyShape): Recipe => ({
  title: `Small network for Fashion-MNIST on ${shape.side} × ${shape.side} places: a convolution of ${shape.stem} channels and five depthwise separable blocks with batch norm, global average pooling, a dense classifier`,
  training:
    '10,000 images, 8 epochs, batches of 64, SGD with Nesterov momentum 0.9, one cycle with a peak of 0.1, weight decay 5e-4, flips',
  model: seed => tiny(shape, seed),
  options: { ...common, epochs: 8, learningRate: oneCycleSchedule(0.1), weightDecay: 5e-4 },
});

const tinyShapes: readonly TinyShape[] = [
  { side: 28, stem: 2 },
  { side: 28, stem: 12 },
  { side: 14, stem: 2 },
  { side: 14, stem: 16 },
  { side: 14, stem: 24 },
];

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
  ...Object.fromEntries(tinyShapes.map(shape => [`fashion-mnist-tiny-${shape.side}-${shape.stem}`, tinyRecipe(shape)])),
};

/** A network of this name trained from a seed. */
export const trainedAs = (
  name: keyof typeof recipes,
  { seed, train }: { readonly seed: number; readonly train: Dataset },
): Promise<Model> => {
  const { model, options } = recipes[name] as Recipe;
  return fit(model(seed), train, { ...options, seed });
};
