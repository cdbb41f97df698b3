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
package org.locallearning.djl.examples.djlprograms;

import java.util.List;

/** The programs of the table: a new one is one line here. */
final class Programs {

    private Programs() {}

    static List<Program> all() {
        return List.of(
                new DenseDigits(),
                new LstmDigits(),
                new GruSequences(),
                new SentimentAnalysis(),
                new ResidualNetwork(),
                new Captcha(),
                new CaptchaHeads(),
                new TransferLearning(),
                new ObjectDetection(),
                new HandWrittenBlock(),
                new TransformerClassifier(false),
                new TransformerClassifier(true),
                new BertPretraining(false),
                new BertPretraining(true),
                new BertClassifier(false),
                new BertClassifier(true),
                new Translation(),
                new TableClassifier(),
                new TimeSeries(),
                new LabelSmoothing(),
                new SharedLayer(),
                new InPlaceOperations(),
                new SiameseNetwork(),
                new AdversarialNetworks(),
                new Distillation(),
                new GradientAccumulation(),
                new EngineCollector(),
                new QLearning());
    }
}
