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

import java.util.Base64;

/**
 * The correlations of some features of a decorrelation layer, before its matrix and after it.
 *
 * <p>A correlation is kept in one byte, -127 for -1 and 127 for 1, and the bytes in base 64.
 *
 * @param epoch when it was measured, in epochs
 * @param layer the layer's name
 * @param features how many features were taken, evenly spaced over the layer's
 * @param before the correlations before the matrix, row by row
 * @param after the correlations after the matrix, row by row
 */
public record CorrelationMap(
        double epoch, String layer, int features, String before, String after) {

    private static final int ONE = 127;

    /**
     * Packs correlations.
     *
     * @param correlations values in [-1, 1]
     * @return the text that {@link #unpack} reads
     */
    public static String pack(float[] correlations) {
        byte[] bytes = new byte[correlations.length];
        for (int i = 0; i < bytes.length; ++i) {
            bytes[i] = (byte) Math.round(ONE * Math.max(-1, Math.min(1, correlations[i])));
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Unpacks correlations.
     *
     * @param packed what {@link #pack} returned
     * @return the correlations, to 1/254
     */
    public static float[] unpack(String packed) {
        byte[] bytes = Base64.getDecoder().decode(packed);
        float[] correlations = new float[bytes.length];
        for (int i = 0; i < bytes.length; ++i) {
            correlations[i] = (float) bytes[i] / ONE;
        }
        return correlations;
    }
}
