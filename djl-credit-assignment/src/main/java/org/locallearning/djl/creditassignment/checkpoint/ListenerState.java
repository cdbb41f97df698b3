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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.MalformedModelException;
import ai.djl.training.listener.EarlyStoppingListener;
import ai.djl.training.listener.EpochTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.LoggingTrainingListener;
import ai.djl.training.listener.SaveModelTrainingListener;
import ai.djl.training.listener.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * What DJL's own listeners remember: when to stop early, how many epochs there were, and under
 * which number a model is saved. The clock of a longest duration begins anew.
 */
final class ListenerState implements Stateful {

    private static final Map<Class<?>, List<String>> COUNTS =
            Map.of(
                    EarlyStoppingListener.class,
                            List.of("prevMetricValue", "numberOfEpochsWithoutImprovements"),
                    EpochTrainingListener.class, List.of("numEpochs"),
                    EvaluatorTrainingListener.class, List.of("progressCounter"),
                    LoggingTrainingListener.class, List.of("numEpochs"),
                    SaveModelTrainingListener.class, List.of("epoch"));

    private final TrainingListener listener;
    private final List<String> fields;

    private ListenerState(TrainingListener listener, List<String> fields) {
        this.listener = listener;
        this.fields = fields;
    }

    static Optional<Stateful> of(TrainingListener listener) {
        return listener instanceof Stateful
                ? Optional.of((Stateful) listener)
                : Optional.ofNullable(COUNTS.get(listener.getClass()))
                        .map(fields -> new ListenerState(listener, fields));
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        for (String field : fields) {
            Object value = PrivateFields.read(listener.getClass(), listener, field);
            if (value instanceof Integer) {
                out.putLong(field, (Integer) value);
            } else {
                out.putDouble(field, (Double) value);
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        in.checkNames(Set.copyOf(fields));
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            boolean whole =
                    PrivateFields.read(listener.getClass(), listener, fields.get(i))
                            instanceof Integer;
            // chosen by 'if', since '?:' would make both a double
            if (whole) {
                values[i] = (int) in.getLong(fields.get(i));
            } else {
                values[i] = in.getDouble(fields.get(i));
            }
        }
        return () -> {
            for (int i = 0; i < values.length; i++) {
                PrivateFields.write(listener.getClass(), listener, fields.get(i), values[i]);
            }
        };
    }
}
