/*
 * Copyright 2026 the DJL Local Learning authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
 * except in compliance with the License. You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software distributed under the
 * License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
 * either express or implied. See the License for the specific language governing permissions
 * and limitations under the License.
 */
package org.locallearning.djl.creditassignment.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * The engine's automatic differentiation for one piece of a network: cut the graph, run the piece,
 * send an error back, read the error at the cut.
 *
 * <p>DJL's {@link ai.djl.training.GradientCollector} only starts from a scalar loss; the PyTorch
 * engine's native call takes the error as an array, which saves a product and a sum per piece.
 */
public final class Autograd {

    private Autograd() {}

    /**
     * Returns whether operations on this thread are recorded for differentiation.
     *
     * @return true between opening and closing of a gradient collector
     */
    public static boolean isRecording() {
        return JniUtils.isGradMode();
    }

    /**
     * Runs operations that are not recorded for differentiation, whether or not this thread records
     * otherwise.
     *
     * @param <T> the type of the result
     * @param operations the operations
     * @return their result
     */
    public static <T> T withoutRecording(Supplier<T> operations) {
        boolean recording = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return operations.get();
        } finally {
            JniUtils.setGradMode(recording);
        }
    }

    /**
     * Returns an alias of an array that is cut from the graph that made it.
     *
     * @param array the array
     * @param manager the manager that closes the alias
     * @return the alias: same values, same memory, same name, no history
     */
    public static NDArray detach(NDArray array, NDManager manager) {
        NDArray alias = array.stopGradient();
        alias.setName(array.getName());
        alias.attach(manager);
        return alias;
    }

    /**
     * Returns an alias of an array at which a new graph begins and at which its gradient can be
     * read.
     *
     * @param array the array; arrays of whole numbers have no gradient and are only detached
     * @param manager the manager that closes the alias
     * @return the alias
     */
    public static NDArray leaf(NDArray array, NDManager manager) {
        NDArray leaf = detach(array, manager);
        if (leaf.getDataType().isFloating()) {
            leaf.setRequiresGradient(true);
        }
        return leaf;
    }

    /**
     * Returns whether an array depends on something that wants a gradient.
     *
     * @param array the array
     * @return true if {@link #backward} may start from it
     */
    public static boolean isDifferentiable(NDArray array) {
        // the engine's Java side answers for leaves only
        return TorchScript.isDifferentiable(array);
    }

    /**
     * Returns a copy of an array through which gradients go, unlike those of {@code duplicate()}.
     *
     * @param array the array
     * @return the copy, of the same name, attached to the same manager; no leaf of the graph if
     *     operations are recorded and the array wants a gradient
     */
    public static NDArray copy(NDArray array) {
        NDArray copy = TorchScript.copy(array);
        copy.setName(array.getName());
        return copy;
    }

    /**
     * Returns copies of arrays, through which gradients go, for a function that may change them in
     * place, as losses may.
     *
     * @param arrays the arrays
     * @param manager the manager that closes the copies
     * @return the copies, of the same names, in a list that may be changed, too
     */
    public static NDList copies(NDList arrays, NDManager manager) {
        NDList copies = new NDList(arrays.size());
        arrays.forEach(array -> copies.add(copy(array)));
        copies.attach(manager);
        return copies;
    }

    /**
     * Returns how often an array was changed in place, whichever of its aliases it was done by.
     *
     * @param array the array
     * @return the number, which means something compared with another of the same array alone
     */
    public static long version(NDArray array) {
        return TorchScript.version(array);
    }

    /**
     * Adds the vector-Jacobian product of an output to the gradients of the leaves it depends on.
     *
     * @param output the output of the graph
     * @param error the error at the output, of the same shape
     * @param keepGraph whether the graph is to be used again
     */
    public static void backward(NDArray output, NDArray error, boolean keepGraph) {
        JniUtils.backward((PtNDArray) output, (PtNDArray) error, keepGraph, false);
    }

    /**
     * Returns the vector-Jacobian product of an output with respect to one array alone. The
     * gradients of parameters stay as they are and the graph can be used again.
     *
     * @param output the output of the graph
     * @param error the error at the output, of the same shape
     * @param input a leaf that wants a gradient
     * @return the error at the input, zero if the output does not depend on it; attached to the
     *     manager of the error
     */
    public static NDArray gradient(NDArray output, NDArray error, NDArray input) {
        return TorchScript.gradient(output, error, input);
    }

    /**
     * Writes values into the memory of an array without a word to the engine's graphs: what was
     * made of the array stays as it is, and is differentiated by what the memory holds by then.
     *
     * @param array the array
     * @param values an array of the same shape and type
     */
    public static void overwrite(NDArray array, NDArray values) {
        TorchScript.overwrite(array, values);
    }

    /**
     * Gives leaves gradients of zero in memory of their own. Otherwise the engine takes what
     * arrives first as the gradient, and that may share its memory with what arrives at another
     * leaf, or with the error that was sent; adding to the one would then change the other.
     *
     * @param leaves the leaves; those without a gradient are left out
     */
    public static void reserveGradients(NDList leaves) {
        for (NDArray leaf : leaves) {
            if (leaf.hasGradient()) {
                try (NDArray zeros = leaf.zerosLike()) {
                    // the engine copies an array that somebody else holds too
                    backward(leaf, zeros, true);
                }
            }
        }
    }

    /**
     * Returns whether a gradient has arrived at a leaf, be it zero.
     *
     * @param leaf the leaf
     * @return true after a backward pass that came to the leaf
     */
    public static boolean hasArrived(NDArray leaf) {
        NDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
        if (gradient == null) {
            return false;
        }
        gradient.close();
        return true;
    }

    /**
     * Takes the gradient that has arrived at a leaf.
     *
     * @param leaf the leaf
     * @param keepGraph whether the graph is to be used again: the leaf, whose gradient was
     *     reserved, is then left with a gradient of zero
     * @return the gradient, zero if none has arrived; attached to the leaf's manager
     */
    public static NDArray takeGradient(NDArray leaf, boolean keepGraph) {
        NDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
        if (gradient == null) {
            // DJL's own zeros have the type and the device of the manager
            return leaf.zerosLike();
        }
        if (!keepGraph) {
            return gradient;
        }
        NDArray copy = gradient.duplicate();
        gradient.close();
        clearGradient(leaf);
        return copy;
    }

    /**
     * Sets the gradient of a leaf to given values, in place.
     *
     * @param leaf a leaf that wants a gradient and whose gradient was reserved
     * @param values the values, of the same shape
     * @param scope the manager of what this makes on the way
     */
    public static void setGradient(NDArray leaf, NDArray values, NDManager scope) {
        try (NDArray gradient = takeGradient(leaf, false)) {
            // setting makes arrays of the gradient's manager, which may live as long as the model
            gradient.attach(scope);
            gradient.set(new NDIndex("..."), values);
        }
    }

    /**
     * Gives an array the values of another, outside any graph, in its own memory and on its own
     * device.
     *
     * @param to the array, which may be a leaf
     * @param from the values, of the same shape and type, on any device
     */
    public static void assign(NDArray to, NDArray from) {
        try (NDManager scope = to.getManager().newSubManager()) {
            // a copy, since the array itself is not this one's to close
            NDArray values = from.toDevice(to.getDevice(), true);
            values.attach(scope);
            detach(to, scope).set(new NDIndex("..."), values);
        }
    }

    /**
     * Sets the gradient of a leaf to zero, as DJL's own optimizers do after a step.
     *
     * @param leaf a leaf that wants a gradient and has been given one
     */
    public static void clearGradient(NDArray leaf) {
        JniUtils.zeroGrad((PtNDArray) leaf);
    }
}
