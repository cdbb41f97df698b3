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

import ai.djl.MalformedModelException;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Java records as JSON, each component a member of its name, so that one more component is one more
 * member. What is null is left out. When it is read, types and sizes are checked and members that
 * are not known are passed over.
 */
final class RecordJson {

    private static final int LONGEST_TEXT = 65_536;
    private static final int LONGEST_NAME = 1024;
    private static final int LONGEST_NUMBER = 40;
    private static final int MOST_ENTRIES = 10_000;
    private static final int LONGEST_SETTING = 4000;
    private static final int LONGEST_QUOTE = 100;

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private RecordJson() {}

    static JsonObject write(Record whole) {
        JsonObject json = new JsonObject();
        for (RecordComponent component : whole.getClass().getRecordComponents()) {
            Object value = valueOf(component, whole);
            if (value != null) {
                json.add(component.getName(), writeValue(value));
            }
        }
        return json;
    }

    private static Object valueOf(RecordComponent component, Record whole) {
        try {
            return component.getAccessor().invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A record cannot be read.", e);
        }
    }

    private static JsonElement writeValue(Object value) {
        if (value instanceof Record) {
            return write((Record) value);
        }
        if (value instanceof List) {
            JsonArray array = new JsonArray();
            ((List<?>) value).forEach(each -> array.add(writeValue(each)));
            return array;
        }
        if (value instanceof Map) {
            JsonObject object = new JsonObject();
            ((Map<?, ?>) value)
                    .forEach((name, each) -> object.add((String) name, writeValue(each)));
            return object;
        }
        if (value instanceof Number) {
            return new JsonPrimitive((Number) value);
        }
        return value instanceof Boolean
                ? new JsonPrimitive((Boolean) value)
                : new JsonPrimitive((String) value);
    }

    static <T extends Record> T read(Class<T> type, JsonObject json, String path)
            throws MalformedModelException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            String place = path.isEmpty() ? name : path + "." + name;
            JsonElement value = json.get(name);
            if (value != null) {
                values[i] = readValue(components[i].getGenericType(), value, place);
            } else if (components[i].getType().isPrimitive()) {
                throw new MalformedModelException("it has no " + place + ".");
            }
        }
        try {
            Class<?>[] types =
                    Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new);
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new MalformedModelException(
                    (path.isEmpty() ? "" : "in its " + path + ": ") + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A record cannot be made.", e);
        }
    }

    private static Object readValue(Type type, JsonElement json, String path)
            throws MalformedModelException {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            return ((ParameterizedType) type).getRawType() == List.class
                    ? readList(arguments[0], json, path)
                    : readMap(arguments[1], json, path);
        }
        Class<?> kind = (Class<?>) type;
        if (kind.isRecord()) {
            if (!json.isJsonObject()) {
                throw wrong(path, "an object");
            }
            return read(kind.asSubclass(Record.class), json.getAsJsonObject(), path);
        }
        if (!json.isJsonPrimitive()) {
            throw wrong(path, "a single value");
        }
        return readPrimitive(kind, json.getAsJsonPrimitive(), path);
    }

    private static List<Object> readList(Type type, JsonElement json, String path)
            throws MalformedModelException {
        if (!json.isJsonArray()) {
            throw wrong(path, "a list");
        }
        checkEntries(json.getAsJsonArray().size(), path);
        List<Object> values = new ArrayList<>();
        for (JsonElement each : json.getAsJsonArray()) {
            values.add(readValue(type, each, path + "[" + values.size() + "]"));
        }
        return values;
    }

    private static Map<String, Object> readMap(Type type, JsonElement json, String path)
            throws MalformedModelException {
        if (!json.isJsonObject()) {
            throw wrong(path, "an object");
        }
        checkEntries(json.getAsJsonObject().size(), path);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> each : json.getAsJsonObject().entrySet()) {
            if (each.getKey().length() > LONGEST_NAME) {
                throw wrong(
                        path, "an object with names of at most " + LONGEST_NAME + " characters");
            }
            values.put(
                    each.getKey(),
                    readValue(type, each.getValue(), path + "." + quote(each.getKey())));
        }
        return values;
    }

    private static void checkEntries(int entries, String path) throws MalformedModelException {
        if (entries > MOST_ENTRIES) {
            throw wrong(path, "at most " + MOST_ENTRIES + " entries long");
        }
    }

    private static Object readPrimitive(Class<?> kind, JsonPrimitive json, String path)
            throws MalformedModelException {
        if (kind == String.class) {
            if (!json.isString() || json.getAsString().length() > LONGEST_TEXT) {
                throw wrong(path, "a text of at most " + LONGEST_TEXT + " characters");
            }
            return json.getAsString();
        }
        if (kind == Boolean.class) {
            if (!json.isBoolean()) {
                throw wrong(path, "true or false");
            }
            return json.getAsBoolean();
        }
        // as text, since a number such as 1e999999999 is one that fills the memory
        String number = json.getAsString();
        boolean fraction = kind == Double.class || kind == double.class;
        try {
            if (json.isNumber() && number.length() <= LONGEST_NUMBER) {
                if (fraction && Double.isFinite(Double.parseDouble(number))) {
                    return Double.valueOf(number);
                } else if (kind == Long.class) {
                    return Long.valueOf(number);
                } else if (!fraction) {
                    return Integer.valueOf(number);
                }
            }
        } catch (NumberFormatException e) {
            throw new MalformedModelException(
                    "its " + path + " is no number of its type, but " + quote(number) + ".", e);
        }
        throw wrong(path, fraction ? "a finite number" : "a whole number");
    }

    private static MalformedModelException wrong(String path, String wanted) {
        return new MalformedModelException("its " + path + " has to be " + wanted + ".");
    }

    /** Copies a map that keeps its order; one without entries is as if it was not known. */
    static <T> Map<String, T> copy(Map<String, T> map) {
        return map == null || map.isEmpty()
                ? null
                : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    static void checkAtLeast(String what, Number value, long least) {
        if (value != null && value.longValue() < least) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "In a record %s is at least %d, not %s.",
                            what,
                            least,
                            value));
        }
    }

    static void checkDigest(String sha256) {
        if (sha256 != null && !DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "A SHA-256 is 64 small hexadecimal digits, not '" + quote(sha256) + "'.");
        }
    }

    /** Cuts a setting that would make a record hard to read. */
    static String shorten(String setting) {
        return cut(setting, LONGEST_SETTING);
    }

    /** Makes a text fit for a message of one line. */
    static String quote(String text) {
        return cut(text.replaceAll("\\p{Cntrl}+", " "), LONGEST_QUOTE);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
