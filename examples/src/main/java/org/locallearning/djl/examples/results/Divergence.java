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
package org.locallearning.djl.examples.results;

import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a run diverged: a loss, a layer or a matrix was no longer finite, and training stopped.
 *
 * @param epoch the epoch, from 1
 * @param batch the batch of the epoch, from 1; null for the measuring on held-out images after it
 * @param layer the path of the layer that is to blame, null where it is not known
 * @param reason what happened, in a sentence or two
 */
public record Divergence(int epoch, Integer batch, String layer, String reason) {

    /** DJL begins the name of every child block with its number. */
    private static final Pattern LAYER = Pattern.compile("layer '?(\\d\\w*(?:\\.\\w+)*)");

    /**
     * Describes a divergence by what was thrown.
     *
     * @param epoch the epoch, from 1
     * @param batch the batch of the epoch, from 1; null for the measuring on held-out images after
     *     it
     * @param reason the message, of which the layer is the one that it names
     * @return the divergence
     */
    public static Divergence of(int epoch, Integer batch, String reason) {
        Matcher layer = LAYER.matcher(reason);
        return new Divergence(epoch, batch, layer.find() ? layer.group(1) : null, reason);
    }

    /**
     * Says how many runs diverged, to follow the name of what they are of.
     *
     * @param runs the runs, finished or diverged
     * @return such as {@code " (1 of 5 diverged)"}, or empty where none did
     */
    public static String note(Collection<RunResult> runs) {
        long diverged = runs.stream().filter(RunResult::diverged).count();
        if (diverged == 0) {
            return "";
        }
        return diverged == runs.size()
                ? " (diverged)"
                : " (" + diverged + " of " + runs.size() + " diverged)";
    }

    /**
     * Says where it was.
     *
     * @return such as {@code epoch 2, batch 17, layer 03Linear}
     */
    public String place() {
        return "epoch "
                + epoch
                + (batch == null ? ", held-out images" : ", batch " + batch)
                + (layer == null ? "" : ", layer " + layer);
    }
}
