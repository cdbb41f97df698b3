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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.Decorrelate;

/**
 * Trains a small BERT on sentences, as it is and with decorrelation in it, folds the latter, and
 * prints the three accuracies.
 *
 * <p>The sentences are made up by a grammar, from a fixed seed: {@code the old keys near the
 * cabinet}. Whether the verb that would follow is to be singular or plural depends on the first
 * noun alone, while up to two others stand between (Linzen, Dupoux and Goldberg, 2016).
 */
public final class DecorrelateBert {

    private static final int LENGTH = 16;
    private static final int WIDTH = 32;
    private static final int BATCH = 64;

    private static final List<String> NOUNS =
            List.of("key", "cabinet", "dog", "tree", "house", "letter", "boat", "teacher");
    private static final List<String> ADJECTIVES = List.of("old", "red", "small", "broken");
    private static final List<String> PREPOSITIONS = List.of("near", "behind", "above");
    private static final List<String> WORDS = words();

    private DecorrelateBert() {}

    /**
     * Trains the network twice and prints the accuracy of the plain one, of the decorrelated one,
     * and of that once more when it is folded.
     *
     * @param arguments the number of epochs, 1 unless given
     * @throws IOException if the data cannot be read
     * @throws TranslateException if a batch cannot be put together
     */
    public static void main(String[] arguments) throws IOException, TranslateException {
        int epochs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        Engine.getInstance().setRandomSeed(1);
        try (NDManager manager = NDManager.newBaseManager();
                Model model = Model.newInstance("plain")) {
            Dataset sentences = sentences(manager, 1, 1500);
            Dataset others = sentences(manager, 2, 1000);
            model.setBlock(classifier());
            train(model, epochs, sentences);
            System.out.println(accuracy(model, others));
            decorrelate(epochs, sentences, others);
        }
    }

    // shown: begin
    private static void decorrelate(int epochs, Dataset sentences, Dataset others)
            throws IOException, TranslateException {
        try (Model model = Model.newInstance("sentences")) {
            model.setBlock(
                    Decorrelate.builder().optRate(1e-3).build().convert(classifier()).block());
            train(model, epochs, sentences);
            System.out.println(accuracy(model, others));
            model.setBlock(Decorrelate.foldForOriginal(model.getBlock())); // DJL's BertBlock again
            System.out.println(accuracy(model, others));
        }
    }

    private static Block classifier() {
        return new SequentialBlock()
                .add(
                        BertBlock.builder()
                                .setTokenDictionarySize(WORDS.size())
                                .optTypeDictionarySize(1)
                                .optEmbeddingSize(WIDTH)
                                .optTransformerBlockCount(1)
                                .optAttentionHeadCount(4)
                                .optHiddenSize(64)
                                .optMaxSequenceLength(LENGTH)
                                .build())
                // the pooled token, of which DJL drops the first axis in a batch of one
                .add(outputs -> new NDList(outputs.get(1).reshape(-1, WIDTH)))
                .add(Linear.builder().setUnits(2).build());
    }

    private static void train(Model model, int epochs, Dataset sentences)
            throws IOException, TranslateException {
        try (Trainer trainer = model.newTrainer(config())) {
            Shape ids = new Shape(BATCH, LENGTH);
            trainer.initialize(ids, ids, ids); // words, types, and 1 for words or 0 for padding
            EasyTrain.fit(trainer, epochs, sentences, null);
        }
    }

    // shown: end

    private static TrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(
                        Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.005f)).build())
                .addEvaluator(new Accuracy())
                .addTrainingListeners(new EvaluatorTrainingListener());
    }

    private static float accuracy(Model model, Dataset sentences)
            throws IOException, TranslateException {
        try (Trainer trainer = model.newTrainer(config())) {
            EasyTrain.evaluateDataset(trainer, sentences);
            trainer.notifyListeners(listener -> listener.onEpoch(trainer));
            return trainer.getTrainingResult().getValidateEvaluation("Accuracy");
        }
    }

    /** Sentences as ids of words, types and a mask, and 1 where the subject is plural. */
    private static Dataset sentences(NDManager manager, long seed, int count) {
        Random random = new Random(seed);
        long[][] ids = new long[count][LENGTH];
        long[][] mask = new long[count][LENGTH];
        float[] plural = new float[count];
        for (int i = 0; i < count; ++i) {
            List<String> sentence = new ArrayList<>(List.of("[CLS]"));
            plural[i] = addNoun(sentence, random) ? 1 : 0;
            for (int more = random.nextInt(3); more > 0; --more) {
                sentence.add(any(PREPOSITIONS, random));
                addNoun(sentence, random);
            }
            for (int j = 0; j < sentence.size(); ++j) {
                ids[i][j] = WORDS.indexOf(sentence.get(j));
                mask[i][j] = 1;
            }
        }
        NDArray words = array(manager, ids);
        return new ArrayDataset.Builder()
                .setData(words, words.zerosLike(), array(manager, mask))
                .optLabels(manager.create(plural))
                .setSampling(BATCH, true)
                .build();
    }

    /** Adds a noun with an article and up to two adjectives; returns whether it is plural. */
    private static boolean addNoun(List<String> sentence, Random random) {
        sentence.add("the");
        for (int adjectives = random.nextInt(3); adjectives > 0; --adjectives) {
            sentence.add(any(ADJECTIVES, random));
        }
        boolean plural = random.nextBoolean();
        sentence.add(any(NOUNS, random) + (plural ? "s" : ""));
        return plural;
    }

    private static String any(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }

    private static NDArray array(NDManager manager, long[][] rows) {
        return manager.create(
                Stream.of(rows).flatMapToLong(LongStream::of).toArray(),
                new Shape(rows.length, LENGTH));
    }

    private static List<String> words() {
        List<String> words = new ArrayList<>(List.of("[PAD]", "[CLS]", "the"));
        words.addAll(ADJECTIVES);
        words.addAll(PREPOSITIONS);
        for (String noun : NOUNS) {
            words.addAll(List.of(noun, noun + "s"));
        }
        return words;
    }
}
