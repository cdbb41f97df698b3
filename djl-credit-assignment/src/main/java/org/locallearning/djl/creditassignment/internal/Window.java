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
import ai.djl.ndarray.types.Shape;
import java.util.Locale;

/**
 * The windows of a layer that looks at an image in pieces. Every size is (down, right), in pixels.
 *
 * @param kernel the size of a window
 * @param stride the step from window to window
 * @param padding the number of zeros around the image, on each side
 * @param dilation the step from pixel to pixel within a window
 */
public record Window(Shape kernel, Shape stride, Shape padding, Shape dilation) {

    /**
     * Creates windows.
     *
     * @param kernel the size of a window, at least 1
     * @param stride the step from window to window, at least 1
     * @param padding the number of zeros around the image, at least 0
     * @param dilation the step from pixel to pixel within a window, at least 1
     * @throws IllegalArgumentException if a size is out of its range or has not two numbers
     */
    public Window {
        check("kernel", kernel, 1);
        check("stride", stride, 1);
        check("padding", padding, 0);
        check("dilation", dilation, 1);
    }

    private static void check(String what, Shape size, int least) {
        if (size.dimension() != 2 || size.get(0) < least || size.get(1) < least) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The %s of a window is two numbers of at least %d, not %s.",
                            what,
                            least,
                            size));
        }
    }

    /**
     * Returns how many windows an image has.
     *
     * @param image the shape of images, (N, channels, height, width)
     * @return (windows down, windows right)
     * @throws IllegalArgumentException if not even one window fits
     */
    public Shape positions(Shape image) {
        long[] positions = new long[2];
        for (int i = 0; i < 2; i++) {
            long reach = dilation.get(i) * (kernel.get(i) - 1) + 1;
            long room = image.get(2 + i) + 2 * padding.get(i) - reach;
            if (room < 0) {
                throw new IllegalArgumentException(
                        String.format(
                                "A window of %s does not fit into images of shape %s; choose a"
                                        + " smaller kernel or more padding.",
                                kernel, image));
            }
            positions[i] = room / stride.get(i) + 1;
        }
        return new Shape(positions);
    }

    /**
     * Cuts images into patches.
     *
     * @param images the images, (N, channels, height, width)
     * @return (channels · kernelHeight · kernelWidth, windows, N)
     */
    public NDArray patches(NDArray images) {
        return TorchScript.patches(images, kernel, stride, padding, dilation);
    }

    /**
     * Adds up patches where they lie in images: the adjoint of {@link #patches}.
     *
     * @param patches (channels · kernelHeight · kernelWidth, windows, N)
     * @param images the shape of the images, (N, channels, height, width)
     * @return the images
     */
    public NDArray sumOfPatches(NDArray patches, Shape images) {
        return TorchScript.sumOfPatches(patches, images, kernel, stride, padding, dilation);
    }

    /** Returns the sizes in words, leaving out those that change nothing. */
    @Override
    public String toString() {
        StringBuilder words = new StringBuilder("windows of " + kernel);
        if (!stride.equals(new Shape(1, 1))) {
            words.append(", stride ").append(stride);
        }
        if (!padding.equals(new Shape(0, 0))) {
            words.append(", padding ").append(padding);
        }
        if (!dilation.equals(new Shape(1, 1))) {
            words.append(", dilation ").append(dilation);
        }
        return words.toString();
    }
}
