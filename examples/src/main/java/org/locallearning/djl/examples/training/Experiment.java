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
package org.locallearning.djl.examples.training;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Everything that says what is trained: each method once with every seed, on one data set and
 * model.
 *
 * @param dataset the data set's name
 * @param data how its images are read
 * @param model the model's name
 * @param network what is chosen about the model
 * @param methods the methods, in the order of training
 * @param seeds the seeds
 * @param plan how every run trains
 * @param learningRates the learning rate by the name of the method, where it is not the preset
 * @param decorrelationRates the rate of decorrelation layers likewise
 */
public record Experiment(
        String dataset,
        DataOptions data,
        String model,
        NetworkOptions network,
        List<Method> methods,
        List<Integer> seeds,
        TrainingPlan plan,
        Map<String, Float> learningRates,
        Map<String, Double> decorrelationRates) {

    /**
     * Creates an experiment.
     *
     * @param dataset the data set's name
     * @param data how its images are read
     * @param model the model's name
     * @param network what is chosen about the model
     * @param methods the methods, in the order of training
     * @param seeds the seeds
     * @param plan how every run trains
     * @param learningRates the learning rate by the name of the method
     * @param decorrelationRates the rate of decorrelation layers by the name of the method
     * @throws IllegalArgumentException if there is no such data set or model, if there is no method
     *     or no seed, if one is given twice, or if a rate is not positive, is of a method that is
     *     not trained, or is of a method without decorrelation layers
     */
    public Experiment {
        checkNames(dataset, model);
        methods = List.copyOf(methods);
        seeds = List.copyOf(seeds);
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("No method is given: --methods names at least one.");
        }
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("No seed is given: --seeds names at least one.");
        }
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException(
                    "A seed is given twice: --seeds names each seed once.");
        }
        learningRates = Collections.unmodifiableMap(new LinkedHashMap<>(learningRates));
        decorrelationRates = Collections.unmodifiableMap(new LinkedHashMap<>(decorrelationRates));
        for (Map.Entry<String, Float> rate : learningRates.entrySet()) {
            checkRate("learning", "--learning-rate", rate.getKey(), rate.getValue(), methods);
        }
        for (Map.Entry<String, Double> rate : decorrelationRates.entrySet()) {
            checkRate("decorrelation", "--decor-rate", rate.getKey(), rate.getValue(), methods);
        }
    }

    /**
     * Creates an experiment with the rates of the presets.
     *
     * @param dataset the data set's name
     * @param data how its images are read
     * @param model the model's name
     * @param network what is chosen about the model
     * @param methods the methods, in the order of training
     * @param seeds the seeds
     * @param plan how every run trains
     * @throws IllegalArgumentException if there is no such data set or model, if there is no method
     *     or no seed, or if a seed is given twice
     */
    public Experiment(
            String dataset,
            DataOptions data,
            String model,
            NetworkOptions network,
            List<Method> methods,
            List<Integer> seeds,
            TrainingPlan plan) {
        this(dataset, data, model, network, methods, seeds, plan, Map.of(), Map.of());
    }

    /**
     * Returns this experiment with other learning rates.
     *
     * @param rate the learning rate of a method, or null for the preset
     * @return the same otherwise
     */
    public Experiment withLearningRates(Function<Method, Float> rate) {
        Map<String, Float> rates = new LinkedHashMap<>();
        for (Method method : methods) {
            Float chosen = rate.apply(method);
            if (chosen != null) {
                rates.put(method.name(), chosen);
            }
        }
        return new Experiment(
                dataset, data, model, network, methods, seeds, plan, rates, decorrelationRates);
    }

    /**
     * Returns this experiment with another plan.
     *
     * @param other how every run trains
     * @return the same otherwise
     */
    Experiment withPlan(TrainingPlan other) {
        return new Experiment(
                dataset,
                data,
                model,
                network,
                methods,
                seeds,
                other,
                learningRates,
                decorrelationRates);
    }

    /**
     * Returns the rates of a method.
     *
     * @param method one of the methods
     * @return the rates that were chosen, and those of its presets where none were
     */
    public RunRates rates(Method method) {
        return RunRates.preset(method, dataset, model, plan.optimizer())
                .with(learningRates.get(method.name()), decorrelationRates.get(method.name()));
    }

    /**
     * Checks that a data set and a model exist.
     *
     * @param dataset the data set's name
     * @param model the model's name
     * @throws IllegalArgumentException if there is none of that name
     */
    public static void checkNames(String dataset, String model) {
        checkName("data set", dataset, DataSets.names());
        checkName("model", model, Networks.names());
    }

    private static void checkName(String kind, String name, List<String> names) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Unknown %s '%s': choose one of %s.",
                            kind, name, String.join(", ", names)));
        }
    }

    private static void checkRate(
            String kind, String option, String name, double rate, List<Method> methods) {
        Methods.checkTrained(option, name, methods);
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The %s rate of %s is positive and finite, not %s.", kind, name, rate));
        }
    }
}
