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
package org.locallearning.djl.examples.sweep.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks whether a master of a standalone cluster is there, which Spark itself finds out late. */
final class SparkMaster {

    private static final Pattern STANDALONE = Pattern.compile("spark://(.+)");
    private static final Pattern ADDRESS = Pattern.compile("(?:spark://)?(.+):(\\d{1,5})");
    private static final int CONNECT_MILLIS = 2000;
    private static final int PAUSE_MILLIS = 500;

    private SparkMaster() {}

    /**
     * Waits until one of the addresses of a master answers; other kinds of masters are left to
     * Spark.
     *
     * @param master the master as Spark has it, such as {@code spark://host:7077}
     * @param seconds how long to wait
     * @throws IOException if none answers in that time, in one sentence
     */
    static void await(String master, int seconds) throws IOException, InterruptedException {
        Matcher standalone = STANDALONE.matcher(master);
        if (!standalone.matches()) {
            return;
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        do {
            for (String address : standalone.group(1).split(",")) {
                Matcher parts = ADDRESS.matcher(address);
                if (!parts.matches()) {
                    throw new IOException(
                            "--spark takes the address of a master such as spark://host:7077, not '"
                                    + master
                                    + "'.");
                }
                if (answers(parts.group(1), Integer.parseInt(parts.group(2)))) {
                    return;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        } while (System.nanoTime() < end);
        throw new IOException(
                String.format(
                        Locale.ROOT,
                        "No Spark master answers at %s within %d s: start one there, or correct"
                                + " --spark.",
                        master,
                        seconds));
    }

    private static boolean answers(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
