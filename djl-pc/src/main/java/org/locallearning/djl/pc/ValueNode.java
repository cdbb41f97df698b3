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
package org.locallearning.djl.pc;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import org.locallearning.djl.creditassignment.tape.Stage;

/**
 * A stage and the node at its output: the activity {@code ĥ}, the stage's prediction {@code p} of
 * it from the activity below, and the error {@code e = ĥ − p}.
 *
 * <p>The activity is kept as its displacement {@code d = ĥ − h} from the forward pass, and {@code e
 * = d − (p − h)}. Deep errors are many orders of magnitude smaller than activities: in single
 * precision the sum {@code h + d} would lose their digits.
 */
final class ValueNode {

    private final double precision;
    private final NDArray forward;
    private final boolean learningBelow;
    private Stage stage;
    private boolean predictionMoved;
    private boolean inputMoved;
    private boolean rewound;
    private NDArray displacement;
    private NDList errors;

    /**
     * Creates a node.
     *
     * @param stage the stage as it ran in the forward pass
     * @param precision γ
     * @param isOutput whether it is the last stage, whose activity is clamped
     */
    ValueNode(Stage stage, double precision, boolean isOutput) {
        this.stage = stage;
        this.precision = precision;
        learningBelow = stage.isInputErrorWanted();
        forward = isOutput ? null : stage.keepOutputs().singletonOrThrow();
    }

    Stage stage() {
        return stage;
    }

    /** Returns whether anything below needs the error at the input of the stage. */
    boolean hasLearningBelow() {
        return learningBelow;
    }

    double precision() {
        return precision;
    }

    /** Returns the errors; null as long as they are exactly zero. */
    NDList errors() {
        return errors;
    }

    /** Returns the activity ĥ, to be closed. */
    NDArray activity() {
        return displacement == null ? forward.duplicate() : forward.add(displacement);
    }

    /** Marks the prediction as stale: the activity below or the weights have changed. */
    void expectRerun() {
        inputMoved = true;
    }

    /** Runs the stage again if its prediction is stale. */
    void rerun(NDList inputs, boolean inputErrorWanted) {
        Stage old = stage;
        stage = old.rerun(inputs, inputErrorWanted);
        old.close();
        inputMoved = false;
        // on the input of the forward pass a stage predicts what it did there
        predictionMoved = !rewound;
        rewound = false;
    }

    boolean needsRerun() {
        return inputMoved;
    }

    /** Sets the errors of the output. */
    void clamp(NDList clamped) {
        closeErrors();
        errors = clamped;
    }

    /** Computes {@code e = d − (p − h)}. */
    void compare() {
        closeErrors();
        if (predictionMoved) {
            NDList predictions = stage.keepOutputs();
            NDArray moved = predictions.singletonOrThrow().sub(forward);
            errors = new NDList(displacement == null ? moved.neg() : displacement.sub(moved));
            moved.close();
            predictions.close();
        } else if (displacement != null) {
            errors = new NDList(displacement.duplicate());
        }
    }

    /** Moves the activity, and the error with it. */
    void move(NDArray step) {
        if (errors == null) {
            errors = new NDList(step.duplicate());
        } else {
            errors.head().addi(step);
        }
        if (displacement == null) {
            displacement = step;
        } else {
            displacement.addi(step);
            step.close();
        }
    }

    /** Resets the activity to that of the forward pass. */
    void rewind() {
        closeErrors();
        if (displacement != null) {
            displacement.close();
            displacement = null;
        }
        inputMoved |= predictionMoved;
        rewound = inputMoved;
        predictionMoved = false;
    }

    private void closeErrors() {
        if (errors != null) {
            errors.close();
            errors = null;
        }
    }
}
