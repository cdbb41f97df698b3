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

import ai.djl.MalformedModelException;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.IOException;
import java.util.List;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.alignment.LayerAlignment;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/** Measures alignments while the clock of training stands still. */
final class TimedAlignments extends TrainingListenerAdapter implements CreditListener, Stateful {

    private final AlignmentListener alignments;
    private final TrainingClock clock;

    TimedAlignments(AlignmentListener alignments, TrainingClock clock) {
        this.alignments = alignments;
        this.clock = clock;
    }

    List<LayerAlignment> results() {
        return alignments.getAlignments();
    }

    /** {@inheritDoc} */
    @Override
    public boolean wantsComparison(CreditTrainer trainer) {
        boolean wants = alignments.wantsComparison(trainer);
        if (wants) {
            clock.stop();
        }
        return wants;
    }

    /** {@inheritDoc} */
    @Override
    public void beforeRule(CreditTrainer trainer) {
        clock.start();
    }

    /** {@inheritDoc} */
    @Override
    public void afterRule(CreditTrainer trainer) {
        clock.stop();
    }

    /** {@inheritDoc} */
    @Override
    public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
        alignments.onCredit(trainer, layers);
        clock.start();
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        alignments.saveState(out);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        return alignments.loadState(in);
    }
}
