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
package org.locallearning.djl.examples.reproduce.alonso;

import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.Networks;

/** What the experiments of the paper share. */
final class Paper {

    static final int BATCH = 64;
    static final List<Integer> SEEDS = List.of(1, 2, 3, 4, 5);
    static final String CIFAR10 = "cifar10";

    /** What the names of the convolutional nets begin with. */
    private static final String CONVOLUTIONAL = "alonso-conv";

    private static final String SVHN = "svhn";

    private Paper() {}

    /** Returns where the paper prints a figure or a table. */
    static String source(String place) {
        return "Alonso, Krichmar and Neftci, \"Understanding and Improving Optimization in"
                + " Predictive Coding Networks\", 2023, "
                + place;
    }

    /**
     * Returns how the authors' code reads images: whole batches alone, and pixels in 0..1, but for
     * convolutional nets in −1..1 unless the data set is SVHN.
     */
    static DataOptions dataOptions(ReproduceArguments arguments, String dataset, String model) {
        return arguments
                .dataOptions()
                .optStandardize(false)
                .optSignedPixels(model.startsWith(CONVOLUTIONAL) && !dataset.equals(SVHN))
                .optTask(Networks.named(model).getTask())
                .optWholeBatches(true)
                .build();
    }

    /** Loads the one data set of a measurement, CIFAR-10 unless another was chosen. */
    static ImageData images(ReproduceArguments arguments, String model)
            throws IOException, TranslateException {
        String name = arguments.dataSet(CIFAR10);
        return DataSets.load(name, dataOptions(arguments, name, model));
    }

    /** Returns the shape of a batch of images. */
    static Shape batchShape(ImageData images) {
        return new Shape(BATCH).addAll(images.getSampleShape());
    }

    /** Returns log10, for axes that span orders of magnitude. */
    static double log10(double value) {
        return Math.log10(value);
    }

    /** Writes a value that is a power of ten on an axis. */
    static String power(double exponent) {
        return String.format(Locale.ROOT, "%.2g", Math.pow(10, exponent));
    }

    /** Writes a number without needless zeros. */
    static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
