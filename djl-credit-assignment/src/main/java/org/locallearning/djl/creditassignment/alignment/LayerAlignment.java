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
package org.locallearning.djl.creditassignment.alignment;

import ai.djl.MalformedModelException;
import java.util.OptionalDouble;

/**
 * How a rule and backpropagation compare at one layer in one forward. Angles are in degrees: 0 is
 * the same direction, 90 unrelated, 180 opposite.
 *
 * @param step the number of the forward since training began, from 1; a batch has one per device
 * @param path the path of the layer's weight among the model's parameters
 * @param gradientAngle the angle between the rule's and backpropagation's gradient of the weight;
 *     NaN if one of them is zero
 * @param normRatio the norm of the rule's gradient divided by that of backpropagation's; infinite
 *     if the latter is zero, NaN if both are
 * @param feedbackAngle the angle between the weight and the feedback weights, if the rule has
 *     feedback weights of that shape for this layer
 */
public record LayerAlignment(
        long step,
        String path,
        double gradientAngle,
        double normRatio,
        OptionalDouble feedbackAngle) {

    private static final String SEPARATOR = "\t";

    /** Returns this as {@link #parse} reads it: a line. */
    String toText() {
        String feedback =
                feedbackAngle.isPresent() ? Double.toString(feedbackAngle.getAsDouble()) : "";
        return String.join(
                SEPARATOR,
                Long.toString(step),
                Double.toString(gradientAngle),
                Double.toString(normRatio),
                feedback,
                path);
    }

    static LayerAlignment parse(String line) throws MalformedModelException {
        String[] parts = line.split(SEPARATOR, 5);
        try {
            return new LayerAlignment(
                    Long.parseLong(parts[0]),
                    parts[4],
                    Double.parseDouble(parts[1]),
                    Double.parseDouble(parts[2]),
                    parts[3].isEmpty()
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(Double.parseDouble(parts[3])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new MalformedModelException("it holds '" + line + "', which is no alignment.", e);
        }
    }
}
