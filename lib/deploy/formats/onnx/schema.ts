import type { Schema } from './wire.ts';

// The messages of ONNX that we write, https://github.com/onnx/onnx/blob/v1.18.0/onnx/onnx.proto, with their numbers.

/** A constant. `dataType` is a code of `dataTypes`; we write `rawData`, little-endian. */
export interface TensorProto {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
}

/** A named attribute: of `type` 1 (f), 2 (i), 3 (s), 4 (t), 6 (floats) or 7 (ints). */
export interface AttributeProto {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly type?: number;
}

/** One operation. */
export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly AttributeProto[];
}

/** A length, or the name of one that is not known before it runs. */
export interface Dimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

/** The type and the shape of a value. */
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: { readonly elemType?: number; readonly shape?: { readonly dim?: readonly Dimension[] } };
  };
}

/** Nodes in the order in which they run, with the constants they read. */
export interface GraphProto {
  readonly node?: readonly NodeProto[];
  readonly name?: string;
  readonly initializer?: readonly TensorProto[];
  readonly input?: readonly ValueInfoProto[];
  readonly output?: readonly ValueInfoProto[];
  readonly valueInfo?: readonly ValueInfoProto[];
}

/** A file. */
export interface ModelProto {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly graph?: GraphProto;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}

export const tensorSchema: Schema = {
  dims: { number: 1, kind: 'int', many: true },
  dataType: { number: 2, kind: 'int' },
  floatData: { number: 4, kind: 'float', many: true },
  int32Data: { number: 5, kind: 'int', many: true },
  int64Data: { number: 7, kind: 'int', many: true },
  name: { number: 8, kind: 'string' },
  rawData: { number: 9, kind: 'bytes' },
};

const attributeSchema: Schema = {
  name: { number: 1, kind: 'string' },
  f: { number: 2, kind: 'float' },
  i: { number: 3, kind: 'int' },
  s: { number: 4, kind: 'bytes' },
  t: { number: 5, kind: () => tensorSchema },
  floats: { number: 7, kind: 'float', many: true },
  ints: { number: 8, kind: 'int', many: true },
  type: { number: 20, kind: 'int' },
};

const nodeSchema: Schema = {
  input: { number: 1, kind: 'string', many: true },
  output: { number: 2, kind: 'string', many: true },
  name: { number: 3, kind: 'string' },
  opType: { number: 4, kind: 'string' },
  attribute: { number: 5, kind: () => attributeSchema, many: true },
};

const dimensionSchema: Schema = { dimValue: { number: 1, kind: 'int' }, dimParam: { number: 2, kind: 'string' } };
const shapeSchema: Schema = { dim: { number: 1, kind: () => dimensionSchema, many: true } };
const tensorTypeSchema: Schema = { elemType: { number: 1, kind: 'int' }, shape: { number: 2, kind: () => shapeSchema } };
const typeSchema: Schema = { tensorType: { number: 1, kind: () => tensorTypeSchema } };
const valueSchema: Schema = { name: { number: 1, kind: 'string' }, type: { number: 2, kind: () => typeSchema } };

const graphSchema: Schema = {
  node: { number: 1, kind: () => nodeSchema, many: true },
  name: { number: 2, kind: 'string' },
  initializer: { number: 5, kind: () => tensorSchema, many: true },
  input: { number: 11, kind: () => valueSchema, many: true },
  output: { number: 12, kind: () => valueSchema, many: true },
  valueInfo: { number: 13, kind: () => valueSchema, many: true },
};

const opsetSchema: Schema = { domain: { number: 1, kind: 'string' }, version: { number: 2, kind: 'int' } };
const entrySchema: Schema = { key: { number: 1, kind: 'string' }, value: { number: 2, kind: 'string' } };

export const modelSchema: Schema = {
  irVersion: { number: 1, kind: 'int' },
  producerName: { number: 2, kind: 'string' },
  graph: { number: 7, kind: () => graphSchema },
  opsetImport: { number: 8, kind: () => opsetSchema, many: true },
  metadataProps: { number: 14, kind: () => entrySchema, many: true },
};
