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

import java.util.List;

/**
 * How the test images of the last epoch were put into classes.
 *
 * @param top5 the share of images whose class was among the five most likely ones, null where there
 *     are no more than five classes
 * @param precision the mean over classes of the share of what was put there that belongs there
 * @param recall the mean over classes of the share of what belongs there that was put there
 * @param f1 the mean over classes of the harmonic mean of the two
 * @param confusion for each class, how often each class was predicted; null where there are more
 *     than {@value #MOST_CLASSES} classes
 */
public record ClassificationResult(
        Double top5, double precision, double recall, double f1, List<List<Long>> confusion) {

    /** The greatest number of classes whose confusions are kept. */
    public static final int MOST_CLASSES = 20;
}
