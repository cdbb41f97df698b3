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
package org.locallearning.djl.creditassignment.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.TrainingResult;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.hyperparameter.EasyHpo;
import ai.djl.training.hyperparameter.param.HpInt;
import ai.djl.training.hyperparameter.param.HpSet;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.NoopTranslator;
import ai.djl.util.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;

/** Models that carry their rule, in code that makes trainers itself. */
class RuleModelTest {

    private static final Shape INPUT = new Shape(6, 4);

    private static final CreditAssignment RULE = FeedbackAlignment.builder().build();

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
    }

    private static Model model() {
        Model model = Model.newInstance("wrapped", "PyTorch");
        model.setBlock(NetworkCase.mlp(3, 5));
        return model;
    }

    private static void assertRule(CreditAssignment expected, Model model) {
        try (Trainer trainer = model.newTrainer(config())) {
            assertSame(expected, assertInstanceOf(CreditTrainer.class, trainer).getRule());
            // who makes another trainer from there gets the rule, too
            assertSame(model.getBlock(), trainer.getModel().getBlock());
            try (Trainer next = trainer.getModel().newTrainer(config())) {
                assertSame(expected, assertInstanceOf(CreditTrainer.class, next).getRule());
            }
        }
    }

    @Test
    void trainersTrainByTheRule() {
        try (Model model = RULE.wrap(model())) {
            assertRule(RULE, model);
            CreditAssignment other = Backpropagation.builder().build();
            assertRule(other, other.wrap(model));
            try (CreditTrainer trainer = other.newTrainer(model, config())) {
                assertSame(other, trainer.getRule());
            }
        }
    }

    @Test
    void zooModelsStayZooModels() throws Exception {
        Model inner = model();
        try (ZooModel<NDList, NDList> zoo = new ZooModel<>(inner, new NoopTranslator());
                ZooModel<NDList, NDList> wrapped = RULE.wrap(zoo)) {
            assertSame(zoo.getTranslator(), wrapped.getTranslator());
            assertRule(RULE, wrapped);
            Model plain = zoo;
            assertRule(RULE, RULE.wrap(plain));
            assertRule(RULE, RULE.wrap((Model) wrapped));
        }
    }

    @Test
    void everythingElseIsTheModels(@TempDir Path folder) throws Exception {
        try (Model model = model();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Model wrapped = RULE.wrap(model);
            assertEquals("wrapped", wrapped.getName());
            assertSame(model.getNDManager(), wrapped.getNDManager());
            assertSame(model.getDataType(), wrapped.getDataType());
            wrapped.setProperty("key", "value");
            assertEquals("value", model.getProperty("key"));
            assertEquals(model.getProperties(), wrapped.getProperties());
            try (Trainer trainer = wrapped.newTrainer(config())) {
                trainer.initialize(INPUT);
            }
            wrapped.save(folder, "saved");
            NDList data = new NDList(manager.ones(INPUT));
            float[] expected = predict(model, data);
            assertArrayEquals(expected, predict(wrapped, data));
            try (Model loaded = RULE.wrap(model())) {
                loaded.load(folder, "saved");
                assertArrayEquals(expected, predict(loaded, data));
                assertEquals(folder.toRealPath(), loaded.getModelPath().toRealPath());
            }
        }
    }

    private static float[] predict(Model model, NDList data) throws Exception {
        try (var predictor = model.newPredictor(new NoopTranslator())) {
            return predictor.predict(data).singletonOrThrow().toFloatArray();
        }
    }

    /** A search over numbers of hidden units, as DJL's guide writes one. */
    private static final class Search extends EasyHpo {

        private final NDManager manager;
        private final List<Model> built = new ArrayList<>();

        Search(NDManager manager) {
            this.manager = manager;
        }

        @Override
        protected HpSet setupHyperParams() {
            return new HpSet("set", List.of(new HpInt("units", 3, 9)));
        }

        @Override
        protected RandomAccessDataset getDataset(Dataset.Usage usage) {
            return new ArrayDataset.Builder()
                    .setData(manager.randomNormal(new Shape(12, 4)))
                    .optLabels(manager.arange(12).mod(3))
                    .setSampling(6, false)
                    .build();
        }

        @Override
        protected TrainingConfig setupTrainingConfig(HpSet values) {
            return config().addTrainingListeners(TrainingListener.Defaults.basic());
        }

        @Override
        protected Model buildModel(HpSet values) {
            Model model = Model.newInstance("search", "PyTorch");
            model.setBlock(NetworkCase.mlp(3, (Integer) values.getHParam("units").random()));
            Model wrapped = RULE.wrap(model);
            built.add(wrapped);
            return wrapped;
        }

        @Override
        protected Shape inputShape(HpSet values) {
            return INPUT;
        }

        @Override
        protected int numEpochs(HpSet values) {
            return 1;
        }

        @Override
        protected int numHyperParameterTests() {
            return 2;
        }
    }

    @Test
    void easyHpoWorksUnchanged() throws Exception {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Search search = new Search(manager);
            Pair<Model, TrainingResult> best = search.fit();
            assertEquals(3, search.built.size());
            assertFalse(Float.isNaN(best.getValue().getTrainLoss()));
            assertRule(RULE, best.getKey());
            best.getKey().close();
        }
    }
}
