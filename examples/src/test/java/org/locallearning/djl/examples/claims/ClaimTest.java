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
package org.locallearning.djl.examples.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimTest {

    private static final JsonObject FIRST =
            object(
                    """
                    {"runs": [
                      {"method": "bp", "seed": 1, "ok": true, "epochs": [{"epoch": 1, "a": 0.5}, {"epoch": 2, "a": 0.7}]},
                      {"method": "bp", "seed": 2, "ok": true, "epochs": [{"epoch": 1, "a": 0.6}, {"epoch": 2, "a": 0.9}]},
                      {"method": "fa+decor", "seed": 1, "ok": false, "epochs": [{"epoch": 1, "a": 0.4}, {"epoch": 2, "a": 0.8}]}],
                     "chosen": [{"of": {"method": "bp"}, "rate": 1}, {"of": {"method": "fa"}, "rate": 2}],
                     "pair": [3, -4], "of two, say": 6}
                    """);
    private static final JsonObject SECOND = object("{\"runs\": [{\"method\": \"bp\", \"a\": 2}]}");
    private static final List<JsonObject> RUNS = List.of(FIRST, SECOND);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    1 + 2 * 3 - 4 / 2                                                        ; 5
                    (1 + 2) * 3                                                              ; 9
                    1 - 2 - 3                                                                ; -4
                    mean($.runs[method=bp].epochs[epoch=2].a)                                ; 0.8
                    mean($.runs[method=bp].epochs[last].a)                                   ; 0.8
                    min($.runs.epochs.a)                                                     ; 0.4
                    max($.runs[method~decor].epochs.a)                                       ; 0.8
                    count($.runs[method=bp].epochs.a)                                        ; 4
                    count($.runs.absent)                                                     ; 0
                    $.runs[method=bp][seed=2].epochs[epoch=1].a                              ; 0.6
                    $.chosen[of.method=fa].rate                                              ; 2
                    first($.runs[0].epochs.a)                                                ; 0.5
                    last($.runs[0].epochs.a)                                                 ; 0.7
                    sum($.pair * $.pair)                                                     ; 25
                    $.'of two, say' / 2                                                      ; 3
                    $.pair[1]                                                                ; -4
                    $2.runs.a                                                                ; 2
                    sum($.runs.ok)                                                           ; 2
                    all($.runs[method=bp].epochs.a >= 0.5)                                   ; 1
                    all($.runs[method=bp][seed=1].epochs.a > $.runs[method~fa].epochs.a)     ; 0
                    any($.runs[method=bp][seed=1].epochs.a > $.runs[method~fa].epochs.a)     ; 1
                    1 < 2 and 2 < 1                                                          ; 0
                    1 < 2 or 2 < 1                                                           ; 1
                    2 <= 2 and 2 >= 2 and 2 = 2                                              ; 1
                    """)
    void expressionsAreWhatTheyAreByHand(String text, double value) {
        assertEquals(value, Expression.evaluate(text, RUNS), 1e-12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    $.runs.epochs.a                          ; 6 numbers
                    mean($.runs[method=nosuch].epochs.a)     ; finds nothing
                    $.runs[method=nosuch].epochs.a > 1       ; 0 numbers
                    $3.runs.a                                ; run 3 of 2
                    median($.pair)                           ; no function 'median'
                    1 + 1 1                                  ; left over
                    mean($.pair                              ; misses a )
                    $.runs.epochs.a > $.pair                 ; 6 numbers against 2
                    $.runs[method                            ; [ without its ]
                    $.runs[method].a                         ; says nothing
                    $.'of two                                ; closing '
                    """)
    void whatCannotBeRightIsRefused(String text, String reason) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Expression.evaluate(text, RUNS))
                        .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @ParameterizedTest
    @CsvSource({
        "1 < 2, 1 < 2, 1 < 2, SEEN",
        "2 < 1, 1 < 2, 1 < 2, PARTLY",
        "2 < 1, 2 < 1, 1 < 2, CONTRADICTED",
        "2 < 1, 2 < 1, 2 < 1, NOT_SEEN"
    })
    void verdictIsTheFirstThatHolds(
            String seen, String partly, String against, Claim.Verdict verdict) {
        Map<String, String> lines =
                Map.of("seen", seen, "partly", partly, "against", against, "ours", "{1 / 3|2} %");
        assertEquals(verdict, new Claim(lines, Map.of("run", FIRST)).verdict());
        assertEquals("0.33 %", new Claim(lines, Map.of("run", FIRST)).ours());
        assertEquals(Claim.Verdict.NOT_RUN, new Claim(lines, Map.of()).verdict());
        assertEquals("", new Claim(lines, Map.of()).ours());
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1 < 2, 2 < 1, 2 < 1, SEEN",
        "3, 1 < 2, 2 < 1, 2 < 1, NOT_SEEN",
        "3, 1 < 2, 1 < 2, 2 < 1, PARTLY",
        "2, 2 < 1, 2 < 1, 1 < 2, CONTRADICTED",
        "3, 2 < 1, 2 < 1, 1 < 2, NOT_SEEN"
    })
    void fewerEpochsThanTheEndDecideAtMostAPart(
            String end, String seen, String partly, String against, Claim.Verdict verdict) {
        Map<String, String> lines =
                Map.of("end", end, "seen", seen, "partly", partly, "against", against);
        JsonObject figure = new JsonObject();
        figure.add("figure", FIRST);
        for (JsonObject run : List.of(FIRST, figure)) {
            assertEquals(verdict, new Claim(lines, Map.of("run", run)).verdict());
        }
    }

    @Test
    void runsKeepTheirOrder() {
        Map<String, JsonObject> runs = new LinkedHashMap<>();
        runs.put("second", SECOND);
        runs.put("first", FIRST);
        Claim claim = new Claim(Map.of("ours", "{$.runs.a|0}, {sum($2.pair)|0}"), runs);
        assertEquals("2, -1", claim.ours());
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
