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
package org.locallearning.djl.state;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads one section of a state file. What it throws does not name the file: loading adds that. */
public final class StateReader {

    private final String section;
    private final Map<String, Entry> entries;
    private final StateBytes bytes;
    private final NDManager scope;

    StateReader(String section, Map<String, Entry> entries, StateBytes bytes, NDManager scope) {
        this.section = section;
        this.entries = entries;
        this.bytes = bytes;
        this.scope = scope;
    }

    /** What a file holds under one name. */
    sealed interface Entry {}

    /** An array, which is read when it is asked for. */
    record ArrayEntry(DataType type, Shape shape, long begin) implements Entry {}

    /** A text. */
    record TextEntry(String text) implements Entry {}

    /** A whole number. */
    record LongEntry(long number) implements Entry {}

    /** A number. */
    record DoubleEntry(double number) implements Entry {}

    /**
     * Returns the names of everything that the section holds.
     *
     * @return the names, in the order in which they were written
     */
    public Set<String> getNames() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * Checks that the section holds what belongs there and nothing else.
     *
     * @param names the names
     * @throws MalformedModelException if something is missing, or if there is more
     */
    public void checkNames(Set<String> names) throws MalformedModelException {
        if (!names.equals(entries.keySet())) {
            throw new MalformedModelException(
                    String.format(
                            "section '%s' holds %s where %s belong; use the settings that it was"
                                    + " saved with.",
                            section, new TreeSet<>(entries.keySet()), new TreeSet<>(names)));
        }
    }

    /**
     * Returns the shape of an array without reading its numbers.
     *
     * @param name the name of the array
     * @return the shape
     * @throws MalformedModelException if there is no array of that name
     */
    public Shape getShape(String name) throws MalformedModelException {
        return find(name, ArrayEntry.class, "an array").shape();
    }

    /**
     * Finds the shape of an array without reading its numbers.
     *
     * @param name the name of the array
     * @return the shape, or empty if there is no array of that name
     */
    public Optional<Shape> findShape(String name) {
        return Optional.ofNullable(entries.get(name))
                .filter(ArrayEntry.class::isInstance)
                .map(entry -> ((ArrayEntry) entry).shape());
    }

    /**
     * Returns the type of the numbers of an array.
     *
     * @param name the name of the array
     * @return the type
     * @throws MalformedModelException if there is no array of that name
     */
    public DataType getDataType(String name) throws MalformedModelException {
        return find(name, ArrayEntry.class, "an array").type();
    }

    /**
     * Reads an array.
     *
     * @param name the name of the array
     * @return the array, closed at the end of loading unless it is attached to another manager
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if there is no array of that name
     */
    public NDArray getArray(String name) throws IOException, MalformedModelException {
        ArrayEntry entry = find(name, ArrayEntry.class, "an array");
        int width = entry.type().getNumOfBytes();
        byte[] numbers = bytes.read(entry.begin(), Math.toIntExact(entry.shape().size() * width));
        StateFormat.swapBytes(numbers, width, ByteOrder.nativeOrder());
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(numbers.length).order(ByteOrder.nativeOrder());
        buffer.put(numbers).rewind();
        try (NDArray array = scope.create(buffer, entry.shape(), entry.type())) {
            // the engine would go on using the buffer, whose place in memory is not aligned
            return array.duplicate();
        }
    }

    /**
     * Returns a text.
     *
     * @param name the name of the text
     * @return the text
     * @throws MalformedModelException if there is no text of that name
     */
    public String getText(String name) throws MalformedModelException {
        return find(name, TextEntry.class, "a text").text();
    }

    /**
     * Returns a whole number.
     *
     * @param name the name of the number
     * @return the number
     * @throws MalformedModelException if there is no whole number of that name
     */
    public long getLong(String name) throws MalformedModelException {
        return find(name, LongEntry.class, "a whole number").number();
    }

    /**
     * Returns a number.
     *
     * @param name the name of the number
     * @return the number
     * @throws MalformedModelException if there is no such number of that name
     */
    public double getDouble(String name) throws MalformedModelException {
        return find(name, DoubleEntry.class, "a number").number();
    }

    private <T extends Entry> T find(String name, Class<T> kind, String what)
            throws MalformedModelException {
        Entry entry = entries.get(name);
        if (!kind.isInstance(entry)) {
            throw new MalformedModelException(
                    String.format(
                            "section '%s' holds no '%s' that is %s; use the settings that it was"
                                    + " saved with.",
                            section, name, what));
        }
        return kind.cast(entry);
    }
}
