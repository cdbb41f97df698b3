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
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/** Classifies a picture with a model of the zoo, without network. */
public final class ClassifyAnImage {

    private ClassifyAnImage() {}

    /**
     * Prints the digit in a picture, and how probable it is.
     *
     * @param arguments the file with a white digit on black; a seven is drawn unless given
     * @throws IOException if the picture or the model cannot be read
     * @throws ModelException if there is no such model
     * @throws TranslateException if the picture cannot be prepared
     */
    public static void main(String[] arguments)
            throws IOException, ModelException, TranslateException {
        Image digit =
                arguments.length > 0
                        ? ImageFactory.getInstance().fromFile(Path.of(arguments[0]))
                        : seven();
        // shown: begin
        Criteria<Image, Classifications> criteria =
                Criteria.builder()
                        .setTypes(Image.class, Classifications.class)
                        .optGroupId("org.locallearning")
                        .optArtifactId("mlp")
                        .optFilter("dataset", "mnist")
                        .optFilter("rule", "kp")
                        .build();
        try (ZooModel<Image, Classifications> model = criteria.loadModel();
                Predictor<Image, Classifications> predictor = model.newPredictor()) {
            System.out.println(predictor.predict(digit).best());
        }
        // shown: end
    }

    /** Draws a seven, white on black, as people write one. */
    static Image seven() {
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D pen = picture.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setStroke(new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        pen.drawPolyline(new int[] {7, 20, 12}, new int[] {7, 7, 22}, 3);
        pen.dispose();
        return ImageFactory.getInstance().fromImage(picture);
    }
}
