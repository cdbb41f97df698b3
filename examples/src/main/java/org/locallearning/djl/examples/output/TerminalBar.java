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
package org.locallearning.djl.examples.output;

import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for somebody who watches at a terminal; nothing for anybody else. */
public final class TerminalBar {

    private static final int MILLIS = 200;
    private static final int WIDTH = 78;

    /** What takes a bar off the screen. */
    static final String ERASE = '\r' + " ".repeat(WIDTH) + '\r';

    private final boolean terminal;
    private ProgressBar bar;

    /**
     * Creates a bar that is not shown yet.
     *
     * @param terminal whether somebody watches at a terminal
     */
    public TerminalBar(boolean terminal) {
        this.terminal = terminal;
    }

    /** Whether a bar stands in the last line after something was printed. */
    static boolean isShownBy(String printed) {
        return printed != null && printed.startsWith("\r") && !printed.equals(ERASE);
    }

    /**
     * Shows it for something new.
     *
     * @param name what goes on
     * @param all how many steps there are
     * @param done how many are done
     */
    public void start(String name, long all, long done) {
        close();
        if (terminal) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(name)
                            .setInitialMax(all)
                            .startsFrom(done, Duration.ZERO)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(MILLIS)
                            .hideEta()
                            .setMaxRenderedLength(WIDTH)
                            .setConsumer(
                                    new DelegatingProgressBarConsumer(
                                            text -> System.err.print('\r' + text), WIDTH))
                            .build();
        }
    }

    /**
     * Goes on by a step.
     *
     * @param message what stands beside the bar, possibly nothing
     */
    public void step(String message) {
        if (bar != null) {
            bar.setExtraMessage(message);
            bar.step();
        }
    }

    /** Takes it off the screen. */
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            System.err.print(ERASE);
        }
    }
}
