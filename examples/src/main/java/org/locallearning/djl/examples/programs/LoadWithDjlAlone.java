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
package org.locallearning.djl.examples.programs;

import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;

/** Loads a model that was trained with decorrelation layers, and folded, with DJL alone. */
public final class LoadWithDjlAlone {

    private LoadWithDjlAlone() {}

    /**
     * Prints the digit in a picture.
     *
     * @param arguments the folder of the model, the name of its files, and the picture
     * @throws IOException if the picture or the model cannot be read
     * @throws ModelException if the files hold another model
     * @throws TranslateException if the picture cannot be prepared
     */
    public static void main(String[] arguments)
            throws IOException, ModelException, TranslateException {
        Path folder = Path.of(arguments[0]);
        String name = arguments[1];
        Image digit = ImageFactory.getInstance().fromFile(Path.of(arguments[2]));
        // shown: begin
        Block network =
                new SequentialBlock()
                        .add(Blocks.batchFlattenBlock(28 * 28))
                        .add(Linear.builder().setUnits(200).build())
                        .add(Activation.leakyReluBlock(0.01f))
                        .add(Linear.builder().setUnits(100).build())
                        .add(Activation.leakyReluBlock(0.01f))
                        .add(Linear.builder().setUnits(10).build());
        ImageClassificationTranslator translator =
                ImageClassificationTranslator.builder()
                        .optFlag(Image.Flag.GRAYSCALE)
                        .addTransform(new ToTensor())
                        .addTransform(pixels -> pixels.sub(0.1307f).div(0.3081f))
                        .optSynsetArtifactName("synset.txt")
                        .optApplySoftmax(true)
                        .build();
        Criteria<Image, Classifications> criteria =
                Criteria.builder()
                        .setTypes(Image.class, Classifications.class)
                        .optModelPath(folder)
                        .optModelName(name)
                        .optBlock(network)
                        .optTranslator(translator)
                        .build();
        try (ZooModel<Image, Classifications> model = criteria.loadModel();
                Predictor<Image, Classifications> predictor = model.newPredictor()) {
            System.out.println(predictor.predict(digit).best().getClassName());
        }
        // shown: end
    }
}
