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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.alignment.Angles;

/**
 * What Lillicrap et al. (2016) prove of linear nets {@code y = W A x}: with {@code E = T − W A} for
 * white inputs, a step is {@code ΔA = η B E} and {@code ΔW = η E Aᵀ}.
 */
class FeedbackAlignmentTest {

    private static final double RATE = 1.0 / 32;

    @Test
    void correlationFollowsItsDiscreteIdentity() {
        // C = B W + Wᵀ Bᵀ − A Aᵀ changes by −η² (B E)(B E)ᵀ a step, and by nothing else
        try (LinearNet net = new LinearNet(4, 3, 2)) {
            double first = net.error().norm().getDouble();
            double lastTrace = 0;
            for (int step = 0; step < 1500; step++) {
                boolean checked = step < 20 || step % 100 == 0;
                NDArray before = checked ? net.correlation() : null;
                NDArray sent = checked ? net.feedback.matMul(net.error()) : null;
                net.step();
                if (checked) {
                    NDArray after = net.correlation();
                    NDArray expected = sent.matMul(sent.transpose()).mul(-RATE * RATE);
                    assertClose(expected, after.sub(before), 1e-14);
                    assertTrue(trace(after) <= lastTrace + 1e-14, "the trace rose");
                    lastTrace = trace(after);
                }
            }
            double last = net.error().norm().getDouble();
            assertTrue(last < 1e-6 * first, "the error is still " + last + " of " + first);
        }
    }

    @Test
    void zeroWeightsAreNoStationaryPoint() {
        try (LinearNet net = new LinearNet(4, 3, 2);
                LinearNet stock = new LinearNet(4, 3, 2, Backpropagation.builder().build())) {
            NDArray sent = net.feedback.matMul(net.error()).mul(RATE);
            assertTrue(sent.norm().getDouble() > 1e-3);
            net.step();
            stock.step();
            assertClose(sent, net.first(), 1e-15);
            assertEquals(0, net.second().norm().getDouble());
            assertEquals(0, stock.first().norm().getDouble());
            assertEquals(0, stock.second().norm().getDouble());
        }
    }

    @Test
    void singlePatternFollowsTwoNumbers() {
        // h = s_h B y and W = s_w y (B y)ᵀ with two numbers that have a recursion of their own
        try (LinearNet net = new LinearNet(1, 5, 3)) {
            NDArray sent = net.feedback.matMul(net.targets);
            double length = square(sent);
            double hidden = 0;
            double weight = 0;
            for (int step = 0; step < 150; step++) {
                double reached = weight * hidden * length;
                net.step();
                weight += RATE * (1 - reached) * hidden;
                hidden += RATE * (1 - reached);
            }
            assertTrue(weight * hidden * length > 0.5, "learned " + weight * hidden * length);
            assertClose(sent.mul(hidden), net.first(), 1e-12);
            assertClose(net.targets.matMul(sent.transpose()).mul(weight), net.second(), 1e-12);

            // so that B e is the pseudo-inverse of W on the error, but for a positive factor
            NDArray error = net.error();
            NDArray inverse = net.second().transpose().div(square(net.second()));
            assertClose(
                    net.feedback.matMul(error).div(weight * length), inverse.matMul(error), 1e-12);
        }
    }

    @Test
    void forwardWeightsAlignWithFeedback() {
        try (LinearNet net = new LinearNet(20, 60, 10)) {
            for (int step = 0; step < 1500; step++) {
                net.step();
            }
            NDArray product = net.feedback.matMul(net.second());
            double trace = trace(product);
            assertTrue(trace > 0, "tr(BW) = " + trace);
            double angle = Angles.degrees(net.second(), net.feedback.transpose());
            assertTrue(angle < 80, "angle between W and B: " + angle);
        }
    }

    @Test
    void momentumAddsUpTheStepsOfTheRule() {
        // v ← α v + Δ and θ ← θ + v with Δ of feedback alignment, supplementary note 8
        float momentum = 0.75f;
        try (LinearNet net = new LinearNet(4, 3, 2, null, momentum)) {
            NDArray first = net.first();
            NDArray second = net.second();
            NDArray velocity = first.zerosLike();
            NDArray otherVelocity = second.zerosLike();
            for (int step = 0; step < 40; step++) {
                NDArray error = net.targets.sub(second.matMul(first));
                NDArray sent = net.feedback.matMul(error).mul(RATE);
                otherVelocity =
                        otherVelocity.mul(momentum).add(error.matMul(first.transpose()).mul(RATE));
                velocity = velocity.mul(momentum).add(sent);
                first = first.add(velocity);
                second = second.add(otherVelocity);
                net.step();
                assertClose(first, net.first(), 1e-12);
                assertClose(second, net.second(), 1e-12);
            }
        }
    }

    private static double trace(NDArray array) {
        long size = array.getShape().get(0);
        return array.mul(array.getManager().eye((int) size, (int) size, 0, DataType.FLOAT64))
                .sum()
                .getDouble();
    }

    private static double square(NDArray array) {
        return array.square().sum().getDouble();
    }

    private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        assertEquals(expected.getShape(), actual.getShape());
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), tolerance);
    }

    /** A linear net of two layers in double precision, trained on the columns of the identity. */
    private static final class LinearNet implements AutoCloseable {

        final NDManager manager = NDManager.newBaseManager("PyTorch");
        final NDArray targets;
        final NDArray feedback;
        private final Model model = Model.newInstance("linear", "PyTorch");
        private final Trainer trainer;
        private final NDArray inputs;

        LinearNet(int in, int hidden, int out) {
            this(in, hidden, out, null);
        }

        LinearNet(int in, int hidden, int out, CreditAssignment other) {
            this(in, hidden, out, other, 0);
        }

        LinearNet(int in, int hidden, int out, CreditAssignment other, float momentum) {
            Engine.getEngine("PyTorch").setRandomSeed(3);
            inputs = manager.eye(in, in, 0, DataType.FLOAT64);
            targets = manager.randomNormal(0, 1, new Shape(out, in), DataType.FLOAT64);
            feedback = manager.randomNormal(0, 1, new Shape(hidden, out), DataType.FLOAT64);
            CreditAssignment rule =
                    other != null
                            ? other
                            : FeedbackAlignment.builder()
                                    .optFeedback((m, path, shape, type) -> feedback.transpose())
                                    .build();
            model.setDataType(DataType.FLOAT64);
            model.setBlock(new SequentialBlock().add(layer(hidden)).add(layer(out)));
            // the loss is the mean over in × out numbers of half their square
            float rate = (float) (RATE * in * out);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .optInitializer(
                                    (m, shape, type) -> m.zeros(shape, DataType.FLOAT64),
                                    Parameter.Type.WEIGHT)
                            .optOptimizer(
                                    Optimizer.sgd()
                                            .setLearningRateTracker(Tracker.fixed(rate))
                                            .optMomentum(momentum)
                                            .build());
            trainer = rule.newTrainer(model, config);
            trainer.initialize(inputs.getShape());
        }

        private static Block layer(int units) {
            return Linear.builder().setUnits(units).optBias(false).build();
        }

        NDArray first() {
            return weight("01Linear_weight");
        }

        NDArray second() {
            return weight("02Linear_weight");
        }

        private NDArray weight(String path) {
            NDArray copy = model.getBlock().getParameters().get(path).getArray().duplicate();
            copy.attach(manager);
            return copy;
        }

        NDArray error() {
            return targets.sub(second().matMul(first()));
        }

        NDArray correlation() {
            NDArray aligned = feedback.matMul(second());
            NDArray first = first();
            return aligned.add(aligned.transpose()).sub(first.matMul(first.transpose()));
        }

        void step() {
            try (NDManager scope = manager.newSubManager()) {
                NDList labels = new NDList(targets.transpose());
                labels.attach(scope);
                NDArray data = inputs.duplicate();
                data.attach(scope);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                trainer.step();
            }
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
            manager.close();
        }
    }
}
