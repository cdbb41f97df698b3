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
package org.locallearning.djl.examples.benchmark;

import java.util.List;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.output.PrettyJson;

/**
 * The content of {@code benchmark.json}.
 *
 * @param machine the machine
 * @param build the build of the program
 * @param commandLine the arguments of the program
 * @param started when the benchmark started, ISO 8601 in UTC
 * @param repeats how many times each step was timed
 * @param decorrelation what was chosen for decorrelation layers
 * @param matrixGflops the rate of a float32 matrix product of 1024x1024, median of the same run
 * @param rows one row per model and method
 */
record BenchmarkResults(
        Machine machine,
        Build build,
        String commandLine,
        String started,
        int repeats,
        DecorrelationSettings decorrelation,
        double matrixGflops,
        List<Row> rows) {

    /**
     * One method on one model.
     *
     * @param model the model's name
     * @param method the method's name
     * @param batch samples in a batch
     * @param medianMs the median time of a step in milliseconds; where decorrelation layers learn
     *     in one of k steps, times here are means over k rounds
     * @param stepsPerSecond steps per second at that time
     * @param samplesPerSecond samples per second at that time
     * @param ratioToBp the median, over the rounds, of the time over that of stock backpropagation
     *     in the same round
     * @param ratioLow the lower quartile of the same; null where there are too few values, and in
     *     results of earlier versions of means that share rounds
     * @param ratioHigh the upper quartile likewise
     * @param optimizerMs the median time of the optimizer's step in milliseconds, which is not part
     *     of {@code medianMs}
     * @param products products with weights of a step, counted while it ran; by the formula for the
     *     stock trainer
     * @param productRatio products over those of backpropagation
     * @param paperProducts products by the formula of the paper, null where there is none
     * @param codeProducts products that the code of the paper's authors takes, null where it is not
     *     known
     * @param multiplyAdds multiply-adds of a step
     * @param multiplyAddRatio multiply-adds over those of backpropagation
     * @param gflops the rate of the step, a multiply-add counted as two operations
     * @param peakMiB memory of model, gradients, feedback and a step in MiB, null where it was not
     *     measured
     * @param peakRatioToBp that memory over that of stock backpropagation, null where it was not
     *     measured
     * @param device the device that took the steps and whose memory it is; null in results of
     *     earlier versions, which are of the CPU
     * @param processorMs the median processor time of a step in milliseconds, which leaves out the
     *     time of other programs; null where the system does not tell it, and in results of earlier
     *     versions
     * @param processorRatioToBp the median of that time over that of stock backpropagation in the
     *     same rounds; null where it was not measured
     */
    record Row(
            String model,
            String method,
            int batch,
            double medianMs,
            double stepsPerSecond,
            double samplesPerSecond,
            double ratioToBp,
            Double ratioLow,
            Double ratioHigh,
            double optimizerMs,
            long products,
            double productRatio,
            Long paperProducts,
            Long codeProducts,
            long multiplyAdds,
            double multiplyAddRatio,
            double gflops,
            Double peakMiB,
            Double peakRatioToBp,
            String device,
            Double processorMs,
            Double processorRatioToBp) {

        /**
         * Returns this row with the memory that was measured, for it and for backpropagation; null
         * where it was not for that.
         */
        Row withPeakMiB(double measured, Double baseline) {
            return new Row(
                    model,
                    method,
                    batch,
                    medianMs,
                    stepsPerSecond,
                    samplesPerSecond,
                    ratioToBp,
                    ratioLow,
                    ratioHigh,
                    optimizerMs,
                    products,
                    productRatio,
                    paperProducts,
                    codeProducts,
                    multiplyAdds,
                    multiplyAddRatio,
                    gflops,
                    measured,
                    baseline == null ? null : measured / baseline,
                    device,
                    processorMs,
                    processorRatioToBp);
        }
    }

    static BenchmarkResults fromJson(String json) {
        return PrettyJson.GSON.fromJson(json, BenchmarkResults.class);
    }

    String toJson() {
        return PrettyJson.GSON.toJson(this) + System.lineSeparator();
    }
}
