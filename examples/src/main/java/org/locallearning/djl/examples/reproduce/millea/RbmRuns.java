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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.RunStore;
import org.locallearning.djl.examples.training.RunStoppedException;

/** The runs of a target: each is made once, shown epoch by epoch, and kept. */
final class RbmRuns {

    private final Reproduction reproduction;
    private final RunStore store;
    private final TextTable table =
            new TextTable()
                    .left("method", 20)
                    .right("seed", 4)
                    .right("epoch", 5)
                    .right("train log p", 11)
                    .right("test log p", 11)
                    .right("test error", 10)
                    .right("seconds", 7);

    RbmRuns(Reproduction reproduction) throws IOException {
        this.reproduction = reproduction;
        store = RunStore.open(reproduction);
    }

    /** Everything that a run depends on. */
    private record Settings(
            String data,
            int hiddenUnits,
            String method,
            String learning,
            float rate,
            int seed,
            int epochs,
            int batch,
            boolean everyEpoch) {}

    void header(RbmData data, int hiddenUnits) {
        reproduction.out().println(data.description());
        reproduction.out().println(data.units() + " visible and " + hiddenUnits + " hidden units");
        reproduction.out().println(table.header());
        reproduction.out().flush();
    }

    /**
     * Makes a run, or finds it.
     *
     * @param everyEpoch whether images are classified after every epoch, or after the last alone
     */
    RbmResult run(
            RbmData data,
            int hiddenUnits,
            RbmMethod method,
            float rate,
            int seed,
            int epochs,
            boolean everyEpoch)
            throws IOException, TranslateException {
        Settings settings =
                new Settings(
                        data.description(),
                        hiddenUnits,
                        method.name(),
                        method.learning().toString(),
                        rate,
                        seed,
                        epochs,
                        RbmTraining.BATCH,
                        everyEpoch);
        String file =
                String.format(
                        Locale.ROOT,
                        "%dx%d-%s-seed%d",
                        data.units(),
                        hiddenUnits,
                        method.name(),
                        seed);
        Optional<RbmResult> stored = store.find(file, settings, RbmResult.class);
        if (stored.isPresent()) {
            row(method, seed, stored.get().last(), "  stored");
            return stored.get();
        }
        RbmResult run;
        try {
            run =
                    new RbmTraining(reproduction.engine(), data, hiddenUnits, epochs)
                            .run(
                                    method,
                                    seed,
                                    rate,
                                    everyEpoch,
                                    store.checkpoints(file, settings),
                                    epoch -> row(method, seed, epoch, ""),
                                    parameters -> {});
        } catch (IllegalStateException e) {
            throw new RunStoppedException(method.name(), seed, e);
        }
        store.keep(file, settings, run);
        return run;
    }

    private void row(RbmMethod method, int seed, RbmEpoch epoch, String remark) {
        reproduction
                .out()
                .println(
                        table.row(
                                        method.name(),
                                        seed,
                                        epoch.epoch(),
                                        nats(epoch.trainLogLikelihood()),
                                        nats(epoch.testLogLikelihood()),
                                        epoch.testError() == null
                                                ? "-"
                                                : Percent.of(epoch.testError()),
                                        String.format(Locale.ROOT, "%.1f", epoch.seconds()))
                                + remark);
        reproduction.out().flush();
    }

    static String nats(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
