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
package org.locallearning.djl.examples;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.creditassignment.internal.GraphMemory;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.zoo.augmentation.TransformedDataset;
import org.locallearning.djl.zoo.data.ImageData;

/** What keeps the libraries right on a GPU, as far as it shows in what they call. */
class DeviceRulesTest {

    private static final JavaClasses LIBRARIES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages(
                            "org.locallearning.djl.decorrelation",
                            "org.locallearning.djl.creditassignment",
                            "org.locallearning.djl.pc",
                            "org.locallearning.djl.zoo",
                            "org.locallearning.djl.examples.training",
                            "org.locallearning.djl.examples.results");

    /** What reads numbers of an array, and leaves a copy with the manager of one on a GPU. */
    private static final String READING =
            "get(Float|Double|Int|Long|Boolean|Byte|Uint8)"
                    + "|to(Float|Double|Int|Long|Short|Boolean|Byte|Uint8|UnsignedByte)?Array"
                    + "|toByteBuffer|toDebugString|contentEquals";

    /** What initializes a network for its structure alone, and throws its numbers away. */
    private static final Set<String> THROWN_AWAY =
            Set.of(
                    "PerturbativeResNet$Builder",
                    "ParameterFile",
                    "PublishedModel",
                    "RecordedModel");

    /** Where something is to be on the host whichever device the trainer is on. */
    private static final Set<Class<?>> ON_THE_HOST =
            Set.of(
                    // reads, and makes numbers that are taken together with arrays of any device
                    HostValues.class,
                    HostNumber.class,
                    // checks buffers, which GPUs do not have
                    GraphMemory.class,
                    // measures against the host
                    DeviceRounding.class,
                    // images stay on the host, and batches are sent to the device
                    ImageData.class,
                    TransformedDataset.class);

    @Test
    void numbersAreReadInOnePlace() {
        forbid(
                call ->
                        call.getTargetOwner().isAssignableTo(NDArray.class)
                                && call.getName().matches(READING)
                                && !isIn(call, Set.of(HostValues.class)),
                "read numbers of an array but by HostValues");
    }

    @Test
    void arraysAreMadeOnTheDeviceOfTheTrainer() {
        forbid(
                call ->
                        call.getTargetOwner().isEquivalentTo(Device.class)
                                && call.getName().equals("cpu")
                                && !name(call).equals("ScaledDifference")
                                && !isIn(call, ON_THE_HOST),
                "make something on the CPU whatever the device of the trainer");
    }

    @Test
    void managersHaveADevice() {
        forbid(
                call ->
                        call.getTargetOwner().isAssignableTo(NDManager.class)
                                && call.getName().equals("newBaseManager")
                                && !THROWN_AWAY.contains(name(call))
                                && !isIn(call, ON_THE_HOST),
                "make a manager that has nothing to do with the trainer's");
    }

    @Test
    void dataSetsSendTheirBatchesToTheDeviceOfTheTrainer() {
        forbid(
                call ->
                        call.getTargetOwner().isEquivalentTo(ArrayDataset.Builder.class)
                                && call.getName().equals("build"),
                "build an ArrayDataset, which fails on another device than that of its arrays;"
                        + " AnyDeviceDataset does not");
    }

    private static String name(JavaMethodCall call) {
        String name = call.getOriginOwner().getFullName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static boolean isIn(JavaMethodCall call, Set<Class<?>> classes) {
        return classes.stream().anyMatch(each -> call.getOriginOwner().isEquivalentTo(each));
    }

    private interface Call {
        boolean test(JavaMethodCall call);
    }

    private static void forbid(Call call, String what) {
        ArchRuleDefinition.noClasses()
                .should()
                .callMethodWhere(
                        new DescribedPredicate<>(what) {
                            @Override
                            public boolean test(JavaMethodCall made) {
                                return call.test(made);
                            }
                        })
                .check(LIBRARIES);
    }
}
