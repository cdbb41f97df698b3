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
package org.locallearning.djl.examples.commandline;

import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;
import picocli.CommandLine.Option;

/** Which images, and what is done to them, on the command line of what trains side by side. */
public final class ImageArguments extends DataArguments {

    /** The name of the option that holds out images. */
    public static final String VALIDATION = "--validation";

    /** Before the options without an order, which have -1. */
    private static final int FIRST = -2;

    @Option(
            names = {"--dataset", "--data-set"},
            order = FIRST,
            paramLabel = "NAME",
            defaultValue = "glyphs",
            description =
                    "glyphs (drawn by the program), mnist, fashion-mnist, cifar10, cifar100,"
                            + " svhn or tiny-imagenet (default: ${DEFAULT-VALUE}).")
    private String dataset;

    @Option(
            names = VALIDATION,
            paramLabel = "N",
            description =
                    "Hold out the last N training images and measure every epoch on them; the test"
                            + " images are used once, after the last epoch (default: none, and"
                            + " every epoch is measured on the test images; sweep chooses by"
                            + " them and needs it).")
    private Integer validation;

    @Option(
            names = "--standardise",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Give every channel of the training images mean 0 and variance 1, or"
                            + " keep pixels in 0 to 1 (default: --standardise; for the"
                            + " autoencoder pixels are always in 0.005 to 0.995).")
    private Boolean standardise;

    @Option(
            names = "--signed-pixels",
            description =
                    "Keep pixels in -1 to 1, with --no-standardise; the rates of alonso-conv"
                            + " are for these.")
    private boolean signedPixels;

    @Serves(Purpose.COLOUR)
    @Option(
            names = "--grey",
            description = "Make images in colour grey, by the mean of their channels.")
    private boolean grey;

    @Option(
            names = "--normalize-contrast",
            description =
                    "Give every image mean 0 in each channel and contrast 1, in the place of"
                            + " standardising.")
    private boolean contrastNormalized;

    @Option(
            names = "--whiten",
            description =
                    "Make pixels uncorrelated by ZCA whitening, after the contrast, in the place of"
                            + " standardising; fitting it takes a minute or two for cifar10.")
    private boolean whitened;

    @Option(
            names = "--whole-batches",
            description =
                    "Leave out the images at the end of an epoch that fill no batch: a step by"
                            + " few images is a noisy one just before the test (default: take"
                            + " them).")
    private boolean wholeBatches;

    @Option(
            names = "--augment",
            description =
                    "Vary training images at random, each anew in every epoch: crop and mirror"
                            + " (cifar10, cifar100 and tiny-imagenet), or shift and distort"
                            + " (mnist).")
    private boolean augment;

    /** Creates the options; picocli fills them in. */
    public ImageArguments() {}

    /**
     * Returns the data set.
     *
     * @return its name
     */
    public String dataset() {
        return dataset;
    }

    /**
     * Returns how images are read for a model.
     *
     * @param model the model's name
     * @return the options; classified images are standardised unless something else was chosen
     * @throws IllegalArgumentException if choices exclude each other or do not fit the model
     */
    public DataOptions options(String model) {
        check();
        Values.checkLeast(VALIDATION, 1, validation);
        Task task = Networks.named(model).getTask();
        if (Boolean.TRUE.equals(standardise) && task == Task.RECONSTRUCTION) {
            throw new IllegalArgumentException(
                    "The model "
                            + model
                            + " puts out pixels between 0 and 1 and takes the same: leave"
                            + " --standardise out.");
        }
        boolean prepared = contrastNormalized || whitened;
        if (Boolean.TRUE.equals(standardise) && prepared) {
            throw new IllegalArgumentException(
                    "--normalize-contrast and --whiten take the place of --standardise: leave"
                            + " that out.");
        }
        boolean standardised =
                standardise == null ? task == Task.CLASSIFICATION && !prepared : standardise;
        if (signedPixels && (standardised || task.reconstructs())) {
            throw new IllegalArgumentException(
                    "--signed-pixels goes with --no-standardise and a model that classifies, not with"
                            + " standardised or reconstructed images.");
        }
        return dataOptions()
                .optValidation(validation == null ? 0 : validation)
                .optStandardize(standardised)
                .optSignedPixels(signedPixels)
                .optGray(grey)
                .optContrastNormalized(contrastNormalized)
                .optWhitened(whitened)
                .optAugment(augment)
                .optTask(task)
                .optWholeBatches(wholeBatches)
                .build();
    }
}
