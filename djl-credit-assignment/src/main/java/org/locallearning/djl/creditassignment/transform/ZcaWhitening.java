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
package org.locallearning.djl.creditassignment.transform;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.translate.Transform;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.TorchScript;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;

/**
 * ZCA whitening: makes the pixels of images uncorrelated with variance one, changing the images as
 * little as possible.
 *
 * <pre>
 * x' = (x − μ) W,   W = U (Λ + ε)^(−1/2) Uᵀ,   covariance = U Λ Uᵀ
 * </pre>
 *
 * <p>{@code μ} and the covariance are those of the training images, each one row of {@code d = C ·
 * H · W} numbers. W belongs to the model trained on its results: {@link #save} stores it next to
 * the model.
 *
 * <ul>
 *   <li>input: (C, H, W) or a batch (N, C, H, W)
 *   <li>output: the same shape, computed in float32, of the type of floating-point input
 * </ul>
 *
 * <p>Fitting takes {@code N d²} multiply-adds and an eigendecomposition of (d, d), in double
 * precision; for images of 3 × 32 × 32 pixels a minute or so, and 75 MB. A transform costs {@code
 * d²} multiply-adds per image.
 *
 * <p>Bell and Sejnowski, "The 'independent components' of natural scenes are edge filters", 1997;
 * used on CIFAR-10 by Ororbia, Mali, Kifer and Giles, arXiv:2002.03911, section 4, after {@link
 * GlobalContrastNormalization}. The paper does not state ε.
 */
public final class ZcaWhitening implements Transform, AutoCloseable {

    /** The name of the model's property that {@link #save} sets. */
    public static final String PROPERTY = "zcaWhitening";

    /** What {@link #fit} adds to variances unless told otherwise. */
    public static final double EPSILON = 0.01;

    private static final String FILE = "zca-whitening.ndlist";

    private final Shape image;
    private final NDArray mean;
    private final NDArray matrix;

    private ZcaWhitening(Shape image, NDArray mean, NDArray matrix) {
        this.image = image;
        this.mean = mean;
        this.matrix = matrix;
    }

    /**
     * Fits a whitening with {@code ε =} {@value #EPSILON}.
     *
     * @param images the training set, with every transform that comes before the whitening
     * @param manager the manager that closes the whitening
     * @return the whitening
     * @throws IOException if the images cannot be read
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalArgumentException if there are fewer than two images, or of several sizes
     */
    public static ZcaWhitening fit(RandomAccessDataset images, NDManager manager)
            throws IOException, TranslateException {
        return fit(images, manager, EPSILON);
    }

    /**
     * Fits a whitening.
     *
     * @param images the training set, with every transform that comes before the whitening
     * @param manager the manager that closes the whitening
     * @param epsilon ε, what is added to variances, above 0: the smaller, the more of the noise in
     *     the finest detail is blown up
     * @return the whitening
     * @throws IOException if the images cannot be read
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalArgumentException if there are fewer than two images, of several sizes, with
     *     numbers that are not finite, or with so many pixels that the matrices take more memory
     *     than this machine has; or if ε is not above 0
     */
    public static ZcaWhitening fit(RandomAccessDataset images, NDManager manager, double epsilon)
            throws IOException, TranslateException {
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ε is above 0 and finite, not " + epsilon + ".");
        }
        try (NDManager scope = manager.newSubManager()) {
            Moments moments = new Moments(scope);
            for (Batch batch : images.getData(scope)) {
                try (batch) {
                    moments.add(batch.getData().head());
                }
            }
            if (moments.count < 2) {
                throw new IllegalArgumentException(
                        "A whitening is fitted on at least 2 images, but there are "
                                + moments.count
                                + "; check the data set and its limit.");
            }
            return new ZcaWhitening(
                    moments.image,
                    kept(moments.mean(), manager),
                    kept(whiteningMatrix(moments.covariance(), epsilon), manager));
        }
    }

    /** The sums of pixels, and of their products, over images. */
    private static final class Moments {

        private final NDManager manager;
        private Shape image;
        private long count;
        private NDArray sum;
        private NDArray products;

        Moments(NDManager manager) {
            this.manager = manager;
        }

        void add(NDArray batch) {
            Shape found = batch.getShape().slice(1);
            if (image == null) {
                checkMemory(found);
                image = found;
                sum = manager.zeros(new Shape(found.size()), DataType.FLOAT64);
                products = manager.zeros(new Shape(found.size(), found.size()), DataType.FLOAT64);
            }
            checkSize(image, found);
            long size = batch.getShape().get(0);
            NDArray rows = batch.toType(DataType.FLOAT64, true).reshape(size, image.size());
            count += size;
            try (NDArray columns = rows.sum(new int[] {0});
                    NDArray square = rows.transpose().matMul(rows)) {
                checkFinite(columns, count - size, count);
                sum.addi(columns);
                products.addi(square);
            }
        }

        NDArray mean() {
            return sum.div(count);
        }

        NDArray covariance() {
            NDArray row = mean().reshape(1, -1);
            return products.div(count).sub(row.transpose().matMul(row));
        }
    }

    /** Refuses images whose covariance no machine of this size holds. */
    private static void checkMemory(Shape image) {
        // the sum of products, that of one batch, the covariance and its eigenvectors
        MemoryNeed.check(
                "Whitening images of shape " + image,
                new Shape(image.size(), image.size()),
                DataType.FLOAT64,
                4,
                "scale or cut the images to fewer pixels, or decorrelate inside the network, with"
                        + " a DecorrelatedConv2d");
    }

    private static void checkFinite(NDArray sums, long first, long end) {
        double total = HostValues.number(sums.abs().sum());
        if (!Double.isFinite(total)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "One of the images %,d to %,d, as the transforms before the whitening"
                                    + " give them, holds numbers that are not finite; mend or leave"
                                    + " out that image, or check those transforms.",
                            first,
                            end - 1));
        }
    }

    /**
     * Returns the matrix that whitens data of a covariance.
     *
     * @param covariance the covariance, (d, d), symmetric
     * @param epsilon ε, what is added to its eigenvalues
     * @return {@code W = U (Λ + ε)^(−1/2) Uᵀ}, (d, d), symmetric; with the manager of the
     *     covariance
     */
    static NDArray whiteningMatrix(NDArray covariance, double epsilon) {
        NDList eigen = TorchScript.symmetricEigen(covariance);
        NDArray vectors = eigen.get(1);
        // rounding makes eigenvalues of zero slightly negative
        NDArray scales = eigen.get(0).maximum(0).add(epsilon).pow(-0.5);
        return vectors.mul(scales.reshape(1, -1)).matMul(vectors.transpose());
    }

    private static NDArray kept(NDArray array, NDManager manager) {
        NDArray single = DeviceArrays.kept(DeviceArrays.copy(array, DataType.FLOAT32));
        single.attach(manager);
        return single;
    }

    private static void checkSize(Shape expected, Shape found) {
        if (!expected.equals(found)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The whitening was fitted on images of shape %s, but got one of %s;"
                                    + " scale the images to that size before it.",
                            expected, found));
        }
    }

    /** {@inheritDoc} */
    @Override
    public NDArray transform(NDArray array) {
        Shape shape = array.getShape();
        int dimensions = shape.dimension();
        checkSize(image, dimensions == image.dimension() ? shape : shape.slice(1));
        DataType type = array.getDataType();
        NDArray rows = array.toType(DataType.FLOAT32, false).reshape(-1, image.size());
        NDArray white = rows.sub(on(array, mean)).matMul(on(array, matrix)).reshape(shape);
        return type.isFloating() ? white.toType(type, false) : white;
    }

    private static NDArray on(NDArray like, NDArray constant) {
        if (constant.getDevice().equals(like.getDevice())) {
            return constant;
        }
        // closed with the batch
        NDArray alias = constant.stopGradient();
        alias.attach(like.getManager());
        return alias.toDevice(like.getDevice(), false);
    }

    /**
     * Returns the shape of the images.
     *
     * @return (C, H, W)
     */
    public Shape getImageShape() {
        return image;
    }

    /**
     * Returns the mean image.
     *
     * @return μ, (d), with {@code d = C · H · W}
     */
    public NDArray getMean() {
        return mean;
    }

    /**
     * Returns the whitening matrix.
     *
     * @return W, (d, d), symmetric
     */
    public NDArray getMatrix() {
        return matrix;
    }

    /**
     * Saves the whitening in a model's folder and notes the file in the model's properties. To be
     * called before {@code model.save} into the same folder. The file appears at once or not at
     * all.
     *
     * <p>It has a file of its own since DJL limits a property to 65,535 bytes.
     *
     * @param model the model
     * @param folder the folder
     * @throws IOException if the file cannot be written
     */
    public void save(Model model, Path folder) throws IOException {
        byte[] bytes;
        try (NDManager scope = mean.getManager().newSubManager()) {
            NDArray shape = scope.create(image.getShape());
            bytes = new NDList(shape, mean, matrix).encode();
        }
        AtomicFile.write(folder.resolve(FILE), out -> out.write(bytes));
        model.setProperty(PROPERTY, FILE + " " + Digest.SHA_256.of(bytes));
    }

    /**
     * Loads the whitening that was saved with a model.
     *
     * @param model the model, loaded from the folder
     * @param manager the manager that closes the whitening
     * @return the whitening, or empty if the model was saved without one
     * @throws IOException if the file cannot be read
     * @throws MalformedModelException if the file is not the one that was saved with the model
     */
    public static Optional<ZcaWhitening> load(Model model, NDManager manager)
            throws IOException, MalformedModelException {
        String property = model.getProperty(PROPERTY);
        if (property == null) {
            return Optional.empty();
        }
        if (model.getModelPath() == null) {
            throw new MalformedModelException(
                    "The model was saved with a whitening, which is a file beside it, but was not"
                            + " loaded from a folder; load it by model.load(folder, name).");
        }
        Path file = model.getModelPath().resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new MalformedModelException(
                    String.format(
                            "The model was saved with a whitening, but '%s' is missing; copy it"
                                    + " from where the model was saved.",
                            file));
        }
        byte[] bytes = Files.readAllBytes(file);
        if (!property.equals(FILE + " " + Digest.SHA_256.of(bytes))) {
            throw new MalformedModelException(
                    String.format(
                            "The whitening in '%s' is not the one that was saved with this model;"
                                    + " copy both from the same folder.",
                            file));
        }
        // written by save, as the digest tells
        NDList arrays = NDList.decode(manager, bytes);
        try (NDArray shape = arrays.get(0)) {
            return Optional.of(
                    new ZcaWhitening(
                            new Shape(HostValues.longs(shape)), arrays.get(1), arrays.get(2)));
        }
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        mean.close();
        matrix.close();
    }
}
