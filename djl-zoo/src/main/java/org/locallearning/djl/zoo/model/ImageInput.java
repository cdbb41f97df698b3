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
package org.locallearning.djl.zoo.model;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Transform;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.zoo.data.PixelScale;

/**
 * Turns an image (height, width, channels) into a model's input (channels, height, width): converts
 * to grey if the model takes grey images, scales to the model's size or, if the model takes the
 * center of images, scales to their size and crops, then normalizes each channel as in training,
 * {@code (pixel / white - mean) / deviation}, with the numbers of the model's record (white is
 * usually 255) and the same rounding.
 */
public final class ImageInput implements Transform {

    private final Shape imageShape;
    private final Integer wholeSide;
    private final PixelScale scale;

    /**
     * Creates the transform.
     *
     * @param imageShape what the model takes, (channels, height, width)
     * @param preprocessing what became of the images that it was trained on
     */
    public ImageInput(Shape imageShape, Preprocessing preprocessing) {
        this.imageShape = imageShape;
        wholeSide = preprocessing.wholeSide();
        scale =
                PixelScale.of(
                        preprocessing.pixelScale(),
                        preprocessing.means(),
                        preprocessing.deviations());
    }

    /**
     * Returns how DJL is to make an array of an image: in colour, also where the model takes grey
     * images, since DJL weighs the colours by how bright they look, and data sets take their mean.
     *
     * @return the flag of DJL's image translators
     */
    public Image.Flag getFlag() {
        return Image.Flag.COLOR;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray transform(NDArray image) {
        int height = Math.toIntExact(imageShape.get(1));
        int width = Math.toIntExact(imageShape.get(2));
        Shape shape = image.getShape();
        NDArray pixels = imageShape.get(0) == 1 && shape.get(2) > 1 ? grey(image) : image;
        NDArray sized =
                wholeSide == null
                        ? resized(pixels, width, height)
                        : NDImageUtils.centerCrop(
                                resized(pixels, wholeSide, wholeSide), width, height);
        return scalePixels(sized.transpose(2, 0, 1));
    }

    private static NDArray resized(NDArray pixels, int width, int height) {
        Shape shape = pixels.getShape();
        return shape.get(0) == height && shape.get(1) == width
                ? pixels
                : NDImageUtils.resize(pixels, width, height);
    }

    /** The mean of the channels, rounded, as {@code DataOptions.optGray} has it. */
    private static NDArray grey(NDArray image) {
        return image.toType(DataType.FLOAT64, false)
                .mean(new int[] {2}, true)
                .add(0.5)
                .floor()
                .toType(DataType.UINT8, false);
    }

    /**
     * Scales images that have the right size.
     *
     * @param pixels pixels 0 to 255, (channels, height, width) or a batch of those
     * @return what the model takes, float32 of the same shape
     */
    public NDArray scalePixels(NDArray pixels) {
        try (NDManager constants = pixels.getManager().newSubManager()) {
            return scale.asTransform(constants).transform(pixels);
        }
    }
}
