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
package org.locallearning.djl.examples.zoo;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SequentialBlock;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.locallearning.djl.creditassignment.provenance.ModelDescription;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.creditassignment.transform.ZcaWhitening;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.RecordedModel;

/**
 * A ZCA whitening of training images, saved as a dense layer: {@code (x - mean) M = x M - mean M}.
 */
final class Whitening {

    private static final int BATCH = 1000;

    private final Engine engine;
    private final ImageData images;
    private final ProgramDescription program;

    Whitening(Engine engine, ImageData images, ProgramDescription program) {
        this.engine = engine;
        this.images = images;
        this.program = program;
    }

    /** Fits and saves, and returns the name of the files. */
    String fit(Path folder) throws IOException, TranslateException {
        String name = "zca-" + images.getName();
        try (NDManager manager = engine.newBaseManager();
                ZcaWhitening whitening = ZcaWhitening.fit(images.training(BATCH), manager)) {
            NDArray matrix = whitening.getMatrix();
            NDArray bias = whitening.getMean().reshape(1, -1).matMul(matrix).reshape(-1).neg();
            SequentialBlock block =
                    DenseMap.of(manager, images.getSampleShape(), matrix.transpose(), bias, false);
            TrainingRecord record =
                    TrainingRecord.builder()
                            .optData(images.describe())
                            .optProgram(program)
                            .optDate(Instant.now())
                            .optModel(ModelDescription.of(RecordedModel.LINEAR, block))
                            .optOption(
                                    RecordedModel.UNITS,
                                    String.valueOf(images.getSampleShape().size()))
                            .optMethod("fit")
                            .optRule(
                                    String.format(
                                            Locale.ROOT,
                                            "ZcaWhitening, %s added to variances",
                                            ZcaWhitening.EPSILON))
                            .build();
            SavedModel.save(block, record, folder, name);
        }
        return name;
    }
}
