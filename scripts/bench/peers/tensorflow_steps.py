"""TensorFlow's training step and forward pass of a graph that TinyLab wrote: tensorflow_steps.py THREADS BATCH NAME=GRAPH.json …"""
import sys

import tensorflow as tf

from serve import graph, serve

threads, batch = int(sys.argv[1]), int(sys.argv[2])
graphs = {name: graph(path) for name, path in (pair.split("=", 1) for pair in sys.argv[3:])}
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)


def convolve(x, node, variable):
    attributes = node["attributes"]
    height, width = attributes["kernelSize"]
    channels = x.shape[-1]
    padding, strides = attributes["padding"], attributes["strides"]
    if padding == 1 and strides == [1, 1]:
        padding = "same"
    elif isinstance(padding, int):
        x = tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]])
        padding = "valid"
    if node["op"] == "conv2d":
        kernel = variable(node["id"], (height, width, channels, attributes["filters"]))
        return tf.nn.conv2d(x, kernel, strides, padding.upper())
    kernel = variable(node["id"], (height, width, channels, attributes["multiplier"]))
    return tf.nn.depthwise_conv2d(x, kernel, [1, *strides, 1], padding.upper())


def batch_norm(x, node, variable, training):
    channels = x.shape[-1]
    gamma = variable(node["id"] + "/gamma", (channels,), 1.0)
    beta = variable(node["id"] + "/beta", (channels,), 0.0)
    mean = variable(node["id"] + "/mean", (channels,), 0.0, False)
    variance = variable(node["id"] + "/variance", (channels,), 1.0, False)
    epsilon, momentum = node["attributes"]["epsilon"], node["attributes"]["momentum"]
    if not training:
        return tf.compat.v1.nn.fused_batch_norm(x, gamma, beta, mean, variance, epsilon, is_training=False)[0]
    y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(x, gamma, beta, epsilon=epsilon, is_training=True)
    mean.assign(momentum * mean + (1 - momentum) * batch_mean)
    variance.assign(momentum * variance + (1 - momentum) * batch_variance)
    return y


def forward(nodes, x, variable, training):
    values = {}
    for node in nodes:
        op, name = node["op"], node["id"]
        inputs = [values[i] for i in node["inputs"]]
        if op == "input":
            values[name] = x
        elif op in ("conv2d", "depthwise-conv2d"):
            values[name] = convolve(inputs[0], node, variable)
        elif op == "batch-norm":
            values[name] = batch_norm(inputs[0], node, variable, training)
        elif op in ("relu", "relu6"):
            values[name] = getattr(tf.nn, op)(inputs[0])
        elif op == "add":
            values[name] = inputs[0] + inputs[1]
        elif op == "max-pool":
            values[name] = tf.nn.max_pool2d(inputs[0], 2, 2, "VALID")
        elif op == "global-average-pool":
            values[name] = tf.reduce_mean(inputs[0], [1, 2])
        elif op == "dense":
            units = node["attributes"]["units"]
            kernel, bias = variable(name, (inputs[0].shape[-1], units)), variable(name + "/bias", (units,), 0.0)
            values[name] = inputs[0] @ kernel + bias
    return values[name]


def make(name):
    """NAME is net/what/function."""
    net, what, _ = name.split("/")
    nodes = graphs[net]
    variables = {}

    def variable(key, shape, value=None, trainable=True):
        if key not in variables:
            fan_in = tf.reduce_prod(shape[:-1])
            start = tf.fill(shape, value) if value is not None else tf.random.normal(shape) * tf.sqrt(2.0 / tf.cast(fan_in, tf.float32))
            variables[key] = tf.Variable(start, trainable=trainable)
        return variables[key]

    x = tf.random.uniform((batch, *nodes[0]["attributes"]["shape"]))
    y = tf.random.uniform((batch,), 0, 10, tf.int32)
    forward(nodes, x, variable, False)
    trained = [v for v in variables.values() if v.trainable]
    moments = [tf.Variable(tf.zeros_like(v), trainable=False) for v in trained]

    @tf.function
    def infer():
        return tf.reduce_sum(forward(nodes, x, variable, False))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            logits = forward(nodes, x, variable, True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        for v, m, g in zip(trained, moments, tape.gradient(loss, trained)):
            tf.raw_ops.ResourceApplyMomentum(var=v.handle, accum=m.handle, lr=1e-3, grad=g, momentum=0.9)
        return loss

    return (lambda: float(infer())) if what == "forward" else (lambda: float(step()))


serve(make)
