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

import java.util.ArrayList;
import java.util.List;

/**
 * A moment of a run at which it was measured, on the images that every epoch is measured on.
 *
 * @param epoch how many epochs were done, in the middle of one with a fraction
 * @param loss the loss
 * @param accuracy the share of images classified correctly, or null
 * @param seconds the time spent on training until then
 * @param cpuSeconds the processor time spent on training until then; null where it cannot be told,
 *     and in results of earlier versions
 */
public record Moment(
        double epoch, double loss, Double accuracy, double seconds, Double cpuSeconds) {

    /**
     * Returns the moments of a run.
     *
     * @param run the run
     * @return the moments in order, at least the end of every epoch
     */
    public static List<Moment> of(RunResult run) {
        List<Moment> moments = new ArrayList<>();
        double seconds = 0;
        Double cpu = 0.0;
        for (EpochResult epoch : run.epochs()) {
            for (PartOfEpoch part : epoch.within()) {
                moments.add(
                        new Moment(
                                epoch.epoch() - 1 + part.share(),
                                part.loss(),
                                part.accuracy(),
                                seconds + part.seconds(),
                                sum(cpu, part.cpuSeconds())));
            }
            seconds += epoch.seconds();
            cpu = sum(cpu, epoch.cpuSeconds());
            moments.add(
                    new Moment(
                            epoch.epoch(),
                            epoch.heldOutLoss(),
                            epoch.heldOutAccuracy(),
                            seconds,
                            cpu));
        }
        return moments;
    }

    private static Double sum(Double before, Double more) {
        return before == null || more == null ? null : (Double) (before + more);
    }
}
