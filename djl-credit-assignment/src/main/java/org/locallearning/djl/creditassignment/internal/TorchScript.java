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
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.function.Function;
import org.locallearning.djl.decorrelation.internal.ScriptedOperations;

/**
 * Operations of the PyTorch engine that DJL's {@code NDArray} lacks, compiled by the engine from a
 * few lines of TorchScript.
 */
public final class TorchScript {

    /**
     * A copy, arrays that have other memories for a while, a product that is subtracted in one pass
     * over memory, the eigenvalues of a symmetric matrix, the pseudoinverse of any, images cut into
     * patches and put together again, whether an array has a history and how often it was changed
     * in place, the gradient with respect to one array alone, and the engine's own backward of a
     * convolution, asked for the error at the input alone. Its numbers (stride, padding, dilation,
     * groups) arrive as the sizes of an array without elements: sizes are known to the host, so
     * that reading them never waits for a device.
     */
    private static final String METHODS =
            """
              def convolution_input_error(self: __torch__.Operations,
                delta: Tensor,
                input: Tensor,
                weight: Tensor,
                geometry: Tensor) -> Tensor:
                sizes = torch.size(geometry)
                n = torch.sub(torch.dim(delta), 2)
                stride = torch.slice(sizes, 1, torch.add(n, 1))
                padding = torch.slice(sizes, torch.add(n, 1), torch.add(torch.mul(n, 2), 1))
                dilation = torch.slice(sizes, torch.add(torch.mul(n, 2), 1), torch.add(torch.mul(n, 3), 1))
                none = torch.mul([0], n)
                error, _0, _1 = torch.convolution_backward(delta, input, weight, None, stride, padding, dilation, False, none, sizes[-1], [True, False, False])
                return error
              def is_differentiable(self: __torch__.Operations,
                array: Tensor) -> bool:
                return ops.prim.requires_grad(array)
              def copy(self: __torch__.Operations,
                array: Tensor) -> Tensor:
                return torch.clone(array)
              def version(self: __torch__.Operations,
                array: Tensor) -> int:
                return torch._version(array)
              def gradient(self: __torch__.Operations,
                output: Tensor,
                error: Tensor,
                input: Tensor) -> Tensor:
                errors = annotate(List[Optional[Tensor]], [error])
                found = torch.grad([output], [input], errors, True, False, True)
                first = found[0]
                if torch.__isnot__(first, None):
                  result = unchecked_cast(Tensor, first)
                else:
                  result = torch.zeros_like(input)
                return result
              def symmetric_eigen(self: __torch__.Operations,
                matrix: Tensor) -> Tuple[Tensor, Tensor]:
                values, vectors = torch.linalg_eigh(matrix)
                return (values, vectors)
              def patches(self: __torch__.Operations,
                images: Tensor,
                geometry: Tensor) -> Tensor:
                sizes = torch.size(geometry)
                patches = torch.im2col(images, torch.slice(sizes, 1, 3), torch.slice(sizes, 3, 5), torch.slice(sizes, 5, 7), torch.slice(sizes, 7, 9))
                shape = torch.size(patches)
                rows = torch.reshape(torch.reshape(patches, [-1]), [shape[0], -1])
                columns = torch.contiguous(torch.transpose(rows, 0, 1))
                return torch.reshape(columns, [shape[1], shape[2], shape[0]])
              def sum_of_patches(self: __torch__.Operations,
                patches: Tensor,
                geometry: Tensor) -> Tensor:
                sizes = torch.size(geometry)
                shape = torch.size(patches)
                rows = torch.contiguous(torch.transpose(torch.reshape(patches, [-1, shape[2]]), 0, 1))
                return torch.col2im(torch.reshape(rows, [shape[2], shape[0], shape[1]]), torch.slice(sizes, 9, 11), torch.slice(sizes, 1, 3), torch.slice(sizes, 3, 5), torch.slice(sizes, 5, 7), torch.slice(sizes, 7, 9))
              def pseudoinverse(self: __torch__.Operations,
                matrix: Tensor) -> Tensor:
                return torch.linalg_pinv(matrix, atol=None, rtol=None)
              def overwrite(self: __torch__.Operations,
                array: Tensor,
                values: Tensor) -> Tensor:
                return torch.copy_(ops.prim.data(array), values)
              def subtract_product(self: __torch__.Operations,
                target: Tensor,
                array: Tensor,
                factor: Tensor) -> Tensor:
                return torch.addcmul_(target, array, factor, value=-1)
            """;

    private TorchScript() {}

    /**
     * Returns the error at the input of a convolution whose kernel is {@code weight}: the adjoint
     * of the convolution, applied to the error at its output.
     *
     * @param delta the error at the output, shape (N, outChannels, outSize...)
     * @param input the input, shape (N, inChannels, inSize...); only its shape matters
     * @param weight the kernel, shape (outChannels, inChannels / groups, kernelSize...)
     * @param stride the stride of the convolution, per dimension of space
     * @param padding the padding
     * @param dilation the dilation
     * @param groups the number of groups
     * @return the error at the input, of the input's shape, attached to the manager of delta
     */
    public static NDArray convolutionInputError(
            NDArray delta,
            NDArray input,
            NDArray weight,
            long[] stride,
            long[] padding,
            long[] dilation,
            int groups) {
        try (NDManager scope = delta.getManager().newSubManager()) {
            NDArray error =
                    run(
                            "convolution_input_error",
                            unnamed(delta, scope),
                            unnamed(input, scope),
                            unnamed(weight, scope),
                            scope.create(geometry(stride, padding, dilation, groups)));
            error.attach(delta.getManager());
            return error;
        }
    }

    /**
     * Subtracts a product from an array in place, {@code target −= array ⊙ factor}, in one pass
     * over memory and without waiting for a device to tell the factor.
     *
     * @param target the array that changes; without history, see {@link Autograd#detach}
     * @param array an array of the same shape
     * @param factor an array of the same shape or of shape ()
     */
    public static void subtractProduct(NDArray target, NDArray array, NDArray factor) {
        try (NDManager scope = target.getManager().newSubManager()) {
            run(
                    "subtract_product",
                    unnamed(target, scope),
                    unnamed(array, scope),
                    unnamed(factor, scope));
        }
    }

    /**
     * Writes values into the memory of an array without a word to the engine's graphs: what was
     * made of the array stays as it is, and is differentiated by what the memory holds by then.
     *
     * @param array the array
     * @param values an array of the same shape and type
     */
    static void overwrite(NDArray array, NDArray values) {
        try (NDManager scope = array.getManager().newSubManager()) {
            run("overwrite", unnamed(array, scope), unnamed(values, scope));
        }
    }

    /**
     * Returns eigenvalues and eigenvectors of a symmetric matrix: {@code A = U diag(λ) Uᵀ}.
     *
     * @param matrix the matrix A, (d, d); only its lower triangle is read
     * @return λ, (d), ascending, and U, (d, d), whose columns are the eigenvectors; attached to the
     *     manager of the matrix
     */
    public static NDList symmetricEigen(NDArray matrix) {
        try (NDManager scope = matrix.getManager().newSubManager()) {
            NDList found = Holder.OPERATIONS.run("symmetric_eigen", unnamed(matrix, scope));
            found.attach(matrix.getManager());
            return found;
        }
    }

    /**
     * Cuts images into patches, one for each window. The engine can differentiate it.
     *
     * <p>Samples come last, and lie beside each other in memory: products over windows then take
     * the patches as they are, and a transposition of two dimensions is all that is copied. The way
     * over one dimension makes the copy of the backward pass one of two dimensions too, which the
     * engine does several times faster than one of three.
     *
     * @param images the images, (N, channels, height, width)
     * @param kernel the size of a window, (down, right) as all that follow
     * @param stride the step from window to window
     * @param padding the zeros around the images, on each side
     * @param dilation the step from pixel to pixel within a window
     * @return (channels · kernelHeight · kernelWidth, windows, N), attached to the manager of the
     *     images
     */
    public static NDArray patches(
            NDArray images, Shape kernel, Shape stride, Shape padding, Shape dilation) {
        try (NDManager scope = images.getManager().newSubManager()) {
            NDArray alias = unnamedInGraph(images, scope);
            Shape geometry = windows(kernel, stride, padding, dilation);
            NDArray patches = run("patches", alias, scope.create(geometry));
            patches.attach(images.getManager());
            return patches;
        }
    }

    /**
     * Adds up patches of images where they lie: the adjoint of {@link #patches}.
     *
     * @param patches the patches, (channels · kernelHeight · kernelWidth, windows, N)
     * @param images the shape of the images, (N, channels, height, width)
     * @param kernel the size of a window, (down, right) as all that follow
     * @param stride the step from window to window
     * @param padding the zeros around the images, on each side
     * @param dilation the step from pixel to pixel within a window
     * @return (N, channels, height, width), attached to the manager of the patches
     */
    public static NDArray sumOfPatches(
            NDArray patches,
            Shape images,
            Shape kernel,
            Shape stride,
            Shape padding,
            Shape dilation) {
        try (NDManager scope = patches.getManager().newSubManager()) {
            NDArray sum =
                    run(
                            "sum_of_patches",
                            unnamed(patches, scope),
                            scope.create(
                                    windows(kernel, stride, padding, dilation)
                                            .addAll(images.slice(2))));
            sum.attach(patches.getManager());
            return sum;
        }
    }

    /**
     * Returns an alias without history and without a name, which would mean something to a call.
     */
    private static NDArray unnamed(NDArray array, NDManager scope) {
        NDArray alias = array.stopGradient();
        alias.attach(scope);
        return alias;
    }

    /** Returns an alias without a name that is part of the graph. */
    private static NDArray unnamedInGraph(NDArray array, NDManager scope) {
        NDArray alias = array.reshape(array.getShape());
        alias.attach(scope);
        return alias;
    }

    private static NDArray run(String method, NDArray... arguments) {
        return Holder.OPERATIONS.run(method, arguments).singletonOrThrow();
    }

    private static Shape windows(Shape kernel, Shape stride, Shape padding, Shape dilation) {
        return new Shape(0).addAll(kernel).addAll(dilation).addAll(padding).addAll(stride);
    }

    /**
     * Returns the Moore-Penrose pseudoinverse. Singular values below the greatest times the machine
     * precision times the larger side count as zero.
     *
     * @param matrices one matrix, (m, n), or several, (..., m, n)
     * @return the pseudoinverse of each, (..., n, m), attached to the manager of the matrices
     */
    public static NDArray pseudoinverse(NDArray matrices) {
        try (NDManager scope = matrices.getManager().newSubManager()) {
            NDArray inverse = run("pseudoinverse", unnamed(matrices, scope));
            inverse.attach(matrices.getManager());
            return inverse;
        }
    }

    /**
     * Returns whether an array depends on something that wants a gradient.
     *
     * @param array the array, a leaf or not
     * @return true if a backward may start from it
     */
    static boolean isDifferentiable(NDArray array) {
        return ask("is_differentiable", array, IValue::toBoolean);
    }

    /** Returns a copy that is part of the graph, which DJL's own copies are not. */
    static NDArray copy(NDArray array) {
        try (NDManager scope = array.getManager().newSubManager()) {
            NDArray alias = unnamedInGraph(array, scope);
            NDArray copy = run("copy", alias);
            copy.attach(array.getManager());
            return copy;
        }
    }

    /** Returns how often an array was changed in place. */
    static long version(NDArray array) {
        return ask("version", array, IValue::toLong);
    }

    private static <T> T ask(String method, NDArray array, Function<IValue, T> answer) {
        PtSymbolBlock operations = (PtSymbolBlock) Holder.OPERATIONS.getBlock();
        try (IValue argument = IValue.from((PtNDArray) array);
                IValue found = IValueUtils.runMethod(operations, method, argument)) {
            return answer.apply(found);
        }
    }

    /**
     * Returns the vector-Jacobian product of an output with respect to one array, and keeps the
     * graph.
     *
     * @param output the output of the graph
     * @param error the error at the output, of the same shape
     * @param input a leaf that wants a gradient
     * @return the error at the input, attached to the manager of the error
     */
    static NDArray gradient(NDArray output, NDArray error, NDArray input) {
        try (NDManager scope = error.getManager().newSubManager()) {
            NDArray alias = unnamedInGraph(output, scope);
            // but an alias of the input would be another array
            String name = input.getName();
            input.setName(null);
            NDArray gradient;
            try {
                gradient = run("gradient", alias, unnamed(error, scope), input);
            } finally {
                input.setName(name);
            }
            gradient.attach(error.getManager());
            return gradient;
        }
    }

    private static Shape geometry(long[] stride, long[] padding, long[] dilation, int groups) {
        Shape geometry = new Shape(0);
        for (long[] sizes : new long[][] {stride, padding, dilation}) {
            geometry = geometry.addAll(new Shape(sizes));
        }
        return geometry.add(groups);
    }

    /** Compiles the script when it is first needed, once. */
    private static final class Holder {
        static final ScriptedOperations OPERATIONS = new ScriptedOperations(METHODS);
    }
}
