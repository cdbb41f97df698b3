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
package org.locallearning.djl.examples.compare;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that loads a classifier and counts what it gets right, and that knows DJL alone. */
final class PlainClassifier {

    private PlainClassifier() {}

    /**
     * Prints how many images are classified right, and the record in the model.
     *
     * @param args folder and name of the model, and a file with images and classes
     */
    public static void main(String[] args) throws Exception {
        try (Model model = Model.newInstance(args[1], "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(Blocks.batchFlattenBlock())
                            .add(Linear.builder().setUnits(20).build())
                            .add(Activation::tanh)
                            .add(Linear.builder().setUnits(15).build())
                            .add(Activation::tanh)
                            .add(Linear.builder().setUnits(10).build()));
            model.load(Path.of(args[0]), args[1]);
            NDList test = NDList.decode(manager, Files.readAllBytes(Path.of(args[2])));
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
                NDArray found =
                        predictor.predict(new NDList(test.get(0))).singletonOrThrow().argMax(1);
                System.out.println("right: " + found.eq(test.get(1)).countNonzero().getLong());
            }
            System.out.println(model.getProperty("trainingRecord"));
        }
    }
}
