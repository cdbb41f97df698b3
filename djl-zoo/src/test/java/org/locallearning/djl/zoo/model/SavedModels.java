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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/** Small models with random weights, saved as training saves them. */
public final class SavedModels {

    /** The shape of an image of the smallest model. */
    public static final Shape SMALL = new Shape(1, 2, 2);

    private SavedModels() {}

    /** Describes images of some number of channels. */
    public static DataDescription data(String name, int channels) {
        return new DataDescription(
                name,
                "made up",
                100,
                null,
                new Preprocessing(
                        255,
                        Collections.nCopies(channels, 0.1307),
                        Collections.nCopies(channels, 0.3081),
                        null,
                        null));
    }

    /** Saves a network of the zoo with weights of a seed. */
    public static TrainingRecord save(
            Path folder,
            String name,
            String network,
            NetworkOptions options,
            Shape image,
            List<String> classes,
            String dataSet,
            String method,
            int seed)
            throws IOException {
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        Block block = Networks.named(network).create(options, image, classes.size());
        try (Model model = Model.newInstance(name, "PyTorch")) {
            model.setBlock(block);
            try (Trainer trainer =
                    model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))) {
                trainer.initialize(new Shape(5).addAll(image));
                TrainingRecord.Builder record =
                        TrainingRecord.of(trainer).toBuilder()
                                .optName(network)
                                .optMethod(method)
                                .optSeed("run", seed)
                                .optBatch(5)
                                .optClasses(classes)
                                .optAccuracy(0.5, 10_000)
                                .optData(data(dataSet, (int) image.get(0)));
                options.toMap().forEach(record::optOption);
                return SavedModel.save(block, record.build(), folder, name);
            }
        }
    }

    /** Saves a perceptron with hidden layers of 3 and 2 units for images of four pixels. */
    public static TrainingRecord saveSmall(Path folder, String name, String method, int seed)
            throws IOException {
        return save(
                folder,
                name,
                "mlp",
                NetworkOptions.builder().optHidden(3, 2).optActivation("tanh").build(),
                SMALL,
                List.of("left", "right", "neither"),
                "mnist",
                method,
                seed);
    }
}
