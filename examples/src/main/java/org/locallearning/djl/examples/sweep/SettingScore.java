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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Interval;

/**
 * How good a setting is on the images held out for validation, over all seeds.
 *
 * @param setting the setting
 * @param accuracy the accuracy after the epoch that settings are compared at; null where the
 *     network does not classify, or where a seed has not come so far
 * @param loss the loss likewise
 */
record SettingScore(Map<SweptOption, String> setting, Interval accuracy, Interval loss) {

    /**
     * The best first: greatest mean accuracy, or else least mean loss; what is equal stays in the
     * order of the grid. A setting that fails with one seed is behind all that do not.
     */
    static final Comparator<SettingScore> BEST_FIRST =
            Comparator.comparing(SettingScore::failed)
                    .thenComparing(score -> score.accuracy == null ? 0 : -score.accuracy.mean())
                    .thenComparing(score -> score.loss == null ? 0 : score.loss.mean());

    /** Scores the trials of one setting; null stands for one that has come nowhere. */
    static SettingScore of(Map<SweptOption, String> setting, List<StoredTrial> trials, int epoch) {
        List<Double> accuracies = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (StoredTrial trial : trials) {
            EpochResult result = trial == null ? null : trial.epoch(epoch);
            if (result == null) {
                return new SettingScore(setting, null, null);
            }
            losses.add(result.heldOutLoss());
            if (result.heldOutAccuracy() != null) {
                accuracies.add(result.heldOutAccuracy());
            }
        }
        return new SettingScore(
                setting,
                accuracies.isEmpty() ? null : Interval.of(accuracies),
                Interval.of(losses));
    }

    boolean failed() {
        return loss == null;
    }
}
