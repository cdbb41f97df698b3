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
package org.locallearning.djl.examples.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.TopKAccuracy;
import ai.djl.training.listener.TrainingListenerAdapter;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.evaluator.ConfusionMatrix;
import org.locallearning.djl.creditassignment.evaluator.MacroF1;
import org.locallearning.djl.examples.results.ClassificationResult;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/** Counts into which classes the test images of each epoch are put, and keeps the last counts. */
final class ClassificationListener extends TrainingListenerAdapter implements Stateful {

    private static final JsonEntry<ClassificationResult> RESULT =
            new JsonEntry<>("result", TypeToken.get(ClassificationResult.class));

    private static final String TEST = "test";
    private static final int TOP = 5;

    private final MacroF1 f1 = new MacroF1();
    private final TopKAccuracy top = new TopKAccuracy(TOP);
    private ClassificationResult result;

    ClassificationListener() {
        f1.addAccumulator(TEST);
        top.addAccumulator(TEST);
    }

    /** Returns how the test images of the last epoch were classified, or null before its end. */
    ClassificationResult result() {
        return result;
    }

    /** {@inheritDoc} */
    @Override
    public void onValidationBatch(Trainer trainer, BatchData batchData) {
        for (Device device : batchData.getLabels().keySet()) {
            NDList labels = batchData.getLabels().get(device);
            NDList predictions = batchData.getPredictions().get(device);
            f1.updateAccumulator(TEST, labels, predictions);
            if (predictions.head().getShape().get(1) > TOP) {
                top.updateAccumulator(TEST, labels, predictions);
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onEpoch(Trainer trainer) {
        Optional<ConfusionMatrix> counted = f1.getConfusionMatrix(TEST);
        counted.ifPresent(
                matrix ->
                        result =
                                new ClassificationResult(
                                        matrix.getClasses() > TOP
                                                ? (double) top.getAccumulator(TEST)
                                                : null,
                                        matrix.macroPrecision(),
                                        matrix.macroRecall(),
                                        matrix.macroF1(),
                                        matrix.getClasses() > ClassificationResult.MOST_CLASSES
                                                ? null
                                                : rows(matrix)));
        f1.resetAccumulator(TEST);
        top.resetAccumulator(TEST);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        RESULT.write(out, result);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        ClassificationResult read = RESULT.readOrNull(in);
        return () -> result = read;
    }

    private static List<List<Long>> rows(ConfusionMatrix matrix) {
        return Arrays.stream(matrix.getCounts())
                .map(row -> Arrays.stream(row).boxed().toList())
                .toList();
    }
}
