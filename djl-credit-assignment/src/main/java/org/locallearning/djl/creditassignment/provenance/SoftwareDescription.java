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
package org.locallearning.djl.creditassignment.provenance;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.Trainer;
import ai.djl.util.PairList;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The versions, device and precision that a model was trained with. Other versions, devices or
 * numbers of threads round differently. Unknown components are null.
 *
 * @param library the version of this library
 * @param djl the version of DJL
 * @param engine name and version of the engine
 * @param java the version of Java
 * @param system the operating system and the kind of processor
 * @param device where the arrays were, such as {@code cpu()} or {@code gpu(0)}
 * @param threads how many threads one operation could use
 * @param precision the type of the parameters, such as {@code float32}; of a GPU with what was
 *     measured there, such as {@code float32, convolutions in reduced precision (2.9e-04)}
 */
public record SoftwareDescription(
        String library,
        String djl,
        String engine,
        String java,
        String system,
        String device,
        Integer threads,
        String precision) {

    /**
     * Checks the number of threads.
     *
     * @param library the version of this library
     * @param djl the version of DJL
     * @param engine name and version of the engine
     * @param java the version of Java
     * @param system the operating system and the kind of processor
     * @param device where the arrays were
     * @param threads how many threads one operation could use, at least 1
     * @param precision the type of the parameters, and what the device makes of it
     */
    public SoftwareDescription {
        RecordJson.checkAtLeast("the number of threads", threads, 1);
    }

    /**
     * Describes what a trainer runs on.
     *
     * @param trainer the trainer, initialized
     * @return the description
     */
    public static SoftwareDescription of(Trainer trainer) {
        Engine engine = trainer.getManager().getEngine();
        PairList<String, Parameter> parameters = trainer.getModel().getBlock().getParameters();
        return new SoftwareDescription(
                libraryVersion(),
                Engine.getDjlVersion(),
                engine.getEngineName() + " " + engine.getVersion(),
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Arrays.stream(trainer.getDevices())
                        .map(Object::toString)
                        .collect(Collectors.joining(", ")),
                engine.getEngineName().equals("PyTorch") ? JniUtils.getNumThreads() : null,
                parameters.isEmpty()
                        ? null
                        : precision(
                                trainer.getDevices()[0],
                                parameters.valueAt(0).getArray().getDataType()));
    }

    /** Says the type, and of another device than the host, as measured, if it computes in less. */
    private static String precision(Device device, DataType type) {
        return type.isFloating() && !HostValues.isReadingFree(device)
                ? DeviceRounding.measure(device, type).toString()
                : type.name().toLowerCase(Locale.ROOT);
    }

    /** Reads what Maven wrote into the library. */
    private static String libraryVersion() {
        Properties properties = new Properties();
        try (InputStream in = SoftwareDescription.class.getResourceAsStream("library.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
