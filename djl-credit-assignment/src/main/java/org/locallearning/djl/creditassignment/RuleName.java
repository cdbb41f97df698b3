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
package org.locallearning.djl.creditassignment;

import ai.djl.MalformedModelException;
import java.io.IOException;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * The name of a trainer's rule, in the file with its state.
 *
 * @param rule the rule
 */
record RuleName(CreditAssignment rule) implements Stateful {

    private static final String NAME = "rule";

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putText(NAME, rule.getClass().getSimpleName());
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        String saved = in.getText(NAME);
        String own = rule.getClass().getSimpleName();
        if (!saved.equals(own)) {
            throw new MalformedModelException(
                    String.format(
                            "it holds the state of a %s, but this trainer's rule is a %s.",
                            saved, own));
        }
        return () -> {};
    }
}
