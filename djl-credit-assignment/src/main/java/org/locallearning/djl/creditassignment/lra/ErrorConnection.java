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

import java.util.Objects;

/**
 * A connection from the error neurons of one stage to those of another, through an error matrix
 * {@code E} of shape (units of the receiver, units of the sender).
 *
 * @param from the path of the sending stage
 * @param to the path of the receiving stage
 */
public record ErrorConnection(String from, String to) {

    /**
     * Creates a connection.
     *
     * @param from the path of the sending stage
     * @param to the path of the receiving stage
     */
    public ErrorConnection {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
    }

    /** Returns both paths. */
    @Override
    public String toString() {
        return from + " → " + to;
    }
}
