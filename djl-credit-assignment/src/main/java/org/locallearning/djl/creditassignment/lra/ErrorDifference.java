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
package org.locallearning.djl.creditassignment.lra;

/**
 * What an error neuron compares. With {@code s = β d}, the step that the transmitted error asks of
 * a pre-activation {@code h}, both forms equal {@code φ'(h) s} to first order in {@code s} where
 * {@code φ} is differentiable; neither needs the derivative.
 */
public enum ErrorDifference {
    /**
     * {@code e = φ(h) − φ(h − s)}: the activation against its target, as the paper defines it.
     *
     * <p>With a sign activation it lets a unit learn only where {@code s} would carry {@code h}
     * across zero, so that every error there is shrinks {@code |h|} and none makes it grow: units
     * gather at zero, where they flip with every step.
     */
    ONE_SIDED,
    /**
     * {@code e = ½ (φ(h + s) − φ(h − s))}: the two sides of the activation against each other, the
     * same to second order in {@code s}. A sign unit learns wherever {@code |h| < |s|}, towards
     * zero or away from it. Not in the paper; the choice for activations without a derivative, with
     * a larger {@code β} (0.5 to 1) and error matrices of unit variance.
     */
    CENTRAL
}
