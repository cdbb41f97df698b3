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
package org.locallearning.djl.examples.hostile;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Flips single bits of every kind of file, and cuts it at every length. Each has to be read as
 * something of the same shape, or refused with one exception of one sentence.
 */
final class Fuzz implements Trials {

    private static final long LONGEST_NANOS = 20_000_000_000L;

    private final int flips;
    private final int seed;
    private final byte[] results;

    /**
     * Creates the trials.
     *
     * @param flips how many bits of each file to flip
     * @param seed decides which
     * @param results a {@code results.json}
     */
    Fuzz(int flips, int seed, byte[] results) {
        this.flips = flips;
        this.seed = seed;
        this.results = results.clone();
    }

    /** {@inheritDoc} */
    @Override
    public String kind() {
        return "fuzz";
    }

    /** {@inheritDoc} */
    @Override
    public void run(Path folder, Tally tally) throws IOException {
        try (FileFormats formats = FileFormats.open(folder, results)) {
            formats.all().parallelStream().forEach(format -> run(format, tally));
        }
    }

    /** Tries one format. */
    void run(FileFormat format, Tally tally) {
        String expected = format.expected();
        Random random = new Random(seed);
        for (int i = 0; i < flips; i++) {
            byte[] changed = format.sound().clone();
            int at = random.nextInt(changed.length);
            int bit = random.nextInt(Byte.SIZE);
            changed[at] ^= (byte) (1 << bit);
            tryOne(format, changed, expected, tally, "byte " + at + ", bit " + bit);
        }
        for (int length = 0; length < format.sound().length; length++) {
            byte[] cut = Arrays.copyOf(format.sound(), length);
            tryOne(format, cut, expected, tally, "cut to " + length + " bytes");
        }
    }

    private static void tryOne(
            FileFormat format, byte[] content, String expected, Tally tally, String change) {
        String what = format.name() + ", " + change;
        long start = System.nanoTime();
        try {
            String found = format.reader().read(content);
            if (found.equals(expected)) {
                tally.passed();
            } else {
                tally.failed(what, "read as " + found);
            }
        } catch (IOException | MalformedModelException | IllegalArgumentException e) {
            if (System.nanoTime() - start > LONGEST_NANOS) {
                tally.failed(what, "took longer than 20 s");
            } else {
                tally.refused(what, e.getMessage());
            }
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            tally.failed(what, e + " at " + List.of(e.getStackTrace()).stream().findFirst());
        }
    }
}
