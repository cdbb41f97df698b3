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

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.examples.commandline.ExitCode;

/** Command lines that ask for what makes no sense, and what they are told. */
class WrongCommandLinesTest {

    /** A command line, and what the sentence says among other things. */
    private static final String LINES =
            """
            compare --iterations 3 | --iterations is for il, seqil and ipc, and there is none among bp, fa, dfa
            compare --inference-step 0.1 | is for il, seqil and ipc
            compare --error-gap 2 | is for lra and lra-e-skip
            compare --error-gap 2 --methods lra-e,lra-sign | none among lra-e, lra-sign
            compare --iterations 3 --methods lra | none among lra
            compare --decor-sample 0.5 | --decor-sample is for methods with decorrelation
            compare --decor-interval 2 | --decor-interval is for methods with decorrelation
            compare --decor-block 8 | --decor-block is for methods with decorrelation
            compare --decor-rank 4 | --decor-rank is for methods with decorrelation
            compare --decor-gain scalar | --decor-gain is for methods with decorrelation
            compare --decor-samples 64 | --decor-samples is for methods with decorrelation
            compare --decor-variance 0.1 | --decor-variance is for methods with decorrelation
            compare --decor-variance 1 --decor-variance-term columns | is for methods with decorrelation
            compare --decor-off-diagonal | --decor-off-diagonal is for methods with decorrelation
            compare --decor-triangular | --decor-triangular is for methods with decorrelation
            compare --correlations 3 | --correlations is for methods with decorrelation
            compare --decor-rate fa=1e-3 | name 'fa+decor'
            compare --alignments 2 --methods bp | other than backpropagation itself
            compare --alignments 0 --methods bp,bp-sgd,bp+decor | none among bp, bp-sgd, bp+decor
            compare --optimizer sgd --methods bp-adam,il | no optimizer of their own
            compare --data-repository . | read from files, and there is none among glyphs
            compare --data-repository . --dataset glyphs | read from files
            compare --limit 20 --hidden 5 --model resnet20 | resnet20 has no choice of hidden sizes
            compare --limit 20 --activation tanh --model pnn-resnet | pnn-resnet has no choice
            compare --limit 20 --slope 0.1 --model resnet20 | resnet20 has no choice
            compare --slope 0.1 --activation relu | relu has no slope
            compare --augment | glyphs can't be augmented
            compare --augment --dataset svhn | svhn can't be augmented
            compare --augment --model autoencoder --dataset mnist | do not augment
            compare --standardise --model autoencoder | leave --standardise out
            compare --signed-pixels | goes with --no-standardise
            compare --signed-pixels --standardise | goes with --no-standardise
            compare --signed-pixels --no-standardise --model autoencoder | a model that classifies
            compare --standardise --no-standardise | --standardise and --no-standardise are opposites
            compare --no-standardise --standardise | are opposites
            compare --dataset mnist --data-set glyphs | --dataset and --data-set are two names of one option
            compare --data-set glyphs --dataset glyphs | two names of one option
            compare --epochs=1 --epochs 2 | The option --epochs is given twice
            compare --fresh --fresh | --fresh is given twice: give it once.
            compare --out a --out b | --out is given twice
            compare --methods bp,bp | 'bp' is given twice
            compare --methods bp,,fa | empty place
            compare --methods , | --methods , has an empty place
            compare --methods bp, | empty place
            compare --methods= | --methods is empty
            compare --seeds , | such as 1,2,7 or 1..5, but was ','
            compare --seeds 1,1 | A seed is given twice
            compare --seeds 1,01 | A seed is given twice
            compare --seeds 5..1 | from the least seed to the greatest, such as 1..5, but was '5..1'
            compare --seeds 1..20000 | at most 10000 seeds, but '1..20000' has 20000
            compare --methods lra --error-beta -1 | --error-beta is at least 0
            compare --methods lra --error-gamma 0 | --error-gamma is above 0
            compare @nowhere | 'nowhere' cannot be read as a file of arguments
            reproduce lillicrap-figure-13 lillicrap-figure-12 | give one TARGET
            zoo fit rbm --units 0 --out somewhere | --units is at least 1, not 0.
            compare --seeds 1, | such as 1,2,7 or 1..5
            compare --seeds= | such as 1,2,7 or 1..5
            compare --seeds 1,99999999999 | but was '1,99999999999'
            compare --learning-rate bp=1,bp=2 | 'bp' is given twice
            compare --learning-rate bp | --learning-rate takes METHOD=RATE, several separated by commas, not 'bp'
            compare --learning-rate bp=1,fa | not 'fa'
            compare --learning-rate bp= | '' is not a number
            compare --learning-rate =1 | Unknown method ''
            compare --learning-rate bp=x | 'x' is not a number
            compare --learning-rate bp=0 | The learning rate of bp is positive
            compare --learning-rate bp=Infinity | is positive and finite, not Infinity
            compare --learning-rate np=1 | does not train
            compare --learning-rate nosuch=1 | Unknown method 'nosuch'
            compare --methods bp+decor --decor-rate bp+decor=1,bp+decor=2 | 'bp+decor' is given twice
            compare --methods bp+decor --decor-rate bp+decor=0 | The decorrelation rate of bp+decor is positive
            compare --methods bp+decor --decor-rate fa+decor=1 | does not train
            compare --methods bp+decor --decor-gain loud | 'loud' is not one of scalar, mean_of_ratios, unitwise, none
            compare --methods bp+decor --decor-sample 2 | --decor-sample is above 0 and at most 1, not 2.0.
            compare --methods bp+decor --decor-sample NaN | --decor-sample is above 0 and at most 1, not NaN.
            compare --methods bp+decor --decor-interval 0 | --decor-interval is at least 1, not 0.
            compare --methods bp+decor --decor-block -1 | --decor-block is at least 0, not -1.
            compare --methods bp+decor --decor-rank -1 | --decor-rank is at least 0, not -1.
            compare --methods bp+decor --decor-rank 4 --decor-block 4 | exclude each other
            compare --methods bp+decor --decor-samples 0 | --decor-samples is at least 1, not 0.
            compare --methods bp+decor --decor-variance 2 | --decor-variance is from 0 to 1, not 2.0.
            compare --methods bp+decor --decor-variance-term columns | give --decor-variance, too
            compare --methods bp+decor --decor-variance 1 --decor-variance-term both | 'both' is not one of rows, columns
            compare --methods bp+decor --decor-rank 4 --decor-triangular | leave it or them out
            compare --methods bp+decor --decor-rank 4 --decor-variance 1 | leave it or them out
            compare --methods il --iterations 0 | at least 1 iteration
            compare --methods il --iterations 99999999999 | not a whole number from
            compare --methods il --inference-step 0 | above 0 and at most 2
            compare --methods lra --error-gap 0 | --error-gap is at least 1, not 0.
            compare --limit 20 --methods lra --error-weights 1,2 | --error-weights gives 2 weights, but the model has
            compare --limit 20 --methods lra-e+decor --error-weights 1,2,3,4,5,6,7,8,9 | from the input to the output
            compare --limit 20 --methods il --inference-precisions 1,2 | --inference-precisions gives 2 weights
            compare --epochs 1.5 | '1.5' is not a whole number.
            compare --epochs -1 | --epochs is at least 1
            compare --epochs 3000000000 | not a whole number from
            compare --test-limit 0 | --test-limit is at least 1
            compare --threads 1000000 | --threads is at most 256
            compare --methods bp+decor --correlations -1 | --correlations is at least 0
            compare --evaluations 0 | --evaluations is at least 1
            compare --save-every 0 | --save-every is at least 1
            compare --save-every | Missing required parameter for option '--save-every' (BATCHES)
            compare --out= | --out is empty: give it a value or leave it out.
            compare --data-repository= | --data-repository is empty
            compare --dataset= | --dataset is empty
            compare --hidden 0 | '0' is not a list of layer sizes
            compare --hidden 10x0 | '10x0' is not a list of layer sizes
            compare --hidden 10,,5 | not a list of layer sizes
            compare --hidden= | not a list of layer sizes
            compare --hidden 3000000000 | at most 2147483647 units, not '3000000000'
            compare --limit 20 --hidden 1000000000 | The weights of --hidden 1000000000 take at least
            compare --limit 20 --hidden 999999x3 | would fit
            compare --limit 20 --batch 2147483647 | --batch 2147483647 takes at least
            compare --limit 20 --batch 2147483647 --model conv | would fit
            compare --slope x | 'x' is not a number
            compare --slope NaN | 0 to 1
            compare --fresh=maybe | 'maybe' is neither true nor false
            compare --standardise=yes | 'yes' is neither true nor false
            compare --limit 20 --model alonso-conv-tiny | at least 45x45 pixels
            benchmark --models mlp,mlp | 'mlp' is given twice
            benchmark --models mlp, | empty place
            benchmark --methods fa,fa | 'fa' is given twice
            benchmark --methods fa, | empty place
            benchmark --decor-rank 4 --methods fa | none among bp, fa
            benchmark --decor-block 4 | --decor-block is for methods with decorrelation
            benchmark --decor-gain scalar | --decor-gain is for methods with decorrelation
            benchmark --decor-sample 1 | --decor-sample is for methods with decorrelation
            benchmark --decor-interval 2 | --decor-interval is for methods with decorrelation
            benchmark --methods fa+decor --decor-interval 100001 | steps, and at most 100000 are timed
            benchmark --methods fa+decor --decor-interval 2147483647 | lower --decor-interval or --decor-samples
            benchmark --methods fa+decor --decor-gain X | 'X' is not one of scalar
            benchmark --memory --no-memory | --memory and --no-memory are opposites
            benchmark --repeats 2147483647 | --repeats is at most 100000
            benchmark --repeats 1e3 | '1e3' is not a whole number
            benchmark --batch 2147483647 --models mlp | mlp: --batch 2147483647 takes at least
            benchmark --threads 0 | --threads is at least 1
            doctor --threads 0 | --threads is at least 1
            doctor --threads 1000 | --threads is at most 256
            benchmark --threads 1000 | --threads is at most 256
            benchmark --out= | --out is empty
            benchmark --iterations 3 | Unknown option '--iterations': the options are --batch, --decor-block,
            compare --epoch 3 | Unknown option '--epoch': the nearest is '--epochs'.
            sweep --method fa | Unknown option '--method': the nearest is '--methods'.
            reproduce ahmad-fig-1 | Unknown target 'ahmad-fig-1': the nearest is 'ahmad-figure-1'.
            reproduce ahmad | Unknown target 'ahmad': choose from ahmad-figure-1, ahmad-figure-2, ahmad-figure-3, ahmad-figure-4.
            reproduce nosuch | Unknown target 'nosuch': choose from ahmad-figure-1, ahmad-figure-2,
            reproduce | No target is given
            reproduce --list --epochs 3 | has no use for --epochs
            reproduce --list --threads 1 | has no use for --threads
            reproduce --list ahmad-figure-1 | leave 'ahmad-figure-1' out
            reproduce ahmad-figure-1 ahmad-figure-2 | Unexpected argument
            reproduce ahmad-figure-1 --seeds 3 | no use for --seeds
            reproduce ahmad-figure-1 --fresh | no use for --fresh
            reproduce ahmad-figure-1 --save-every 3 | no use for --save-every
            reproduce ahmad-figure-1 --threads 0 | --threads is at least 1
            reproduce ahmad-figure-1 --threads 100000 | --threads is at most 256
            reproduce ahmad-figure-1 --out= | --out is empty
            reproduce ahmad-figure-4 --dataset glyphs --data-repository . | read from files
            reproduce ahmad-figure-4 --dataset mnist --data-set mnist | two names of one option
            reproduce ahmad-figure-4 --dataset mnist,mnist | --dataset: 'mnist' is given twice
            reproduce ahmad-figure-4 --model mlp,mlp | 'mlp' is given twice
            reproduce ahmad-figure-4 --methods bp,bp | 'bp' is given twice
            reproduce ahmad-figure-4 --methods bp, | empty place
            reproduce ahmad-figure-4 --methods nosuch | Unknown method 'nosuch'
            reproduce ahmad-figure-4 --seeds , | such as 1,2,7 or 1..5, but was ','
            reproduce ahmad-figure-4 --limit x | 'x' is not a whole number
            reproduce ahmad-figure-4 --save-every 0 | --save-every is at least 1
            reproduce ahmad-figure-4 --decor-rank 4 --methods bp,fa | --decor-rank is for methods with decorrelation layers, such as fa+decor, and there is none among bp, fa
            reproduce ahmad-figure-4 --decor-rank -1 | must be 0, for all directions, or more, but is -1
            reproduce lillicrap-figure-7 --methods fa | no use for --methods
            reproduce lillicrap-figure-7 --seeds 1,1 | A seed is given twice
            reproduce lillicrap-figure-7 --seeds 1..3,2 | A seed is given twice
            reproduce alonso-figure-3 --save-every 10 | no use for --save-every
            reproduce alonso-table-4 --seeds 1 | no use for --seeds
            reproduce millea-learning --methods cd,cd | 'cd' is given twice
            reproduce millea-learning --methods bp | Unknown method 'bp'
            reproduce millea-learning --seeds , | such as 1,2,7 or 1..5
            sweep --iterations 3 --methods bp,fa | --iterations is for il, seqil and ipc
            sweep --decor-rank 3 --methods bp,fa | --decor-rank is for methods with decorrelation
            sweep --data-repository . --dataset glyphs | read from files
            sweep --methods fa,fa | 'fa' is given twice
            sweep --epochs 1 --epochs 2 | --epochs is given twice
            sweep --dataset mnist --data-set glyphs | two names of one option
            sweep --dataset mnist,mnist | --dataset: 'mnist' is given twice
            sweep --dataset mnist, | --dataset mnist, has an empty place
            sweep --model mlp,conv,mlp | --model: 'mlp' is given twice
            sweep --model ,mlp | --model ,mlp has an empty place
            sweep --trial-heap 999999g | --trial-heap 999999g takes more than the
            sweep --trial-heap 999999g --parallel 1 | of this machine: lower it.
            sweep --write-presets / | --write-presets / is a folder: name a file in it
            sweep --write-presets . | is a folder
            sweep --parallel x | 'x' is not a whole number
            sweep --out= | --out is empty
            sweep --decor-gain X --methods fa+decor | 'X' is not one of scalar
            zoo list --nosuch | Unknown option '--nosuch'
            reproduce lillicrap-figure-8 --seeds 1,2 | The target has one seed, and --seeds names 2
            reproduce lillicrap-figure-10 --seeds 1 | no use for --seeds
            reproduce lillicrap-figure-5 --dataset mnist,svhn | one data set, and --dataset names 2
            reproduce alonso-figure-3 --dataset nosuch | Unknown data set 'nosuch'
            report | Missing required options and parameters
            report nosuch.json | Missing required option: '--out=DIR'
            report --out x | Missing required parameter: 'RESULTS'
            report nosuch.json --out= | --out is empty
            report nosuch.json --out x --out y | The option --out is given twice
            report nosuch.json --out x --overview bp,bp | 'bp' is given twice
            report nosuch.json --out x --overview , | empty place
            report a.json b.json --out x | Unexpected argument 'b.json'
            torture --kills 0 | --kills is at least 1
            torture --kills x | 'x' is not a whole number
            torture --methods nosuch | Unknown method 'nosuch'
            torture --methods fa,fa | 'fa' is given twice
            torture --methods= | --methods is empty
            torture --seed 1 --seed 2 | The option --seed is given twice: give it once.
            torture --out= | --out is empty
            """;

    static Stream<String> lines() {
        return LINES.lines();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void isRefusedInOneSentence(String line, @TempDir Path folder) {
        String[] parts = line.split(" \\| ", 2);
        String arguments = parts[0];
        if (arguments.matches("(compare|sweep|reproduce [a-z]).*")
                && !arguments.contains("--out")) {
            // before the options, of which the last may lack its value
            arguments = arguments.replaceFirst("(compare|sweep|reproduce)", "$1 --out " + folder);
        }
        ProgramRun run = ProgramRun.of(arguments);

        String sentence = run.errorLines().get(0);
        assertAll(
                () -> assertEquals(ExitCode.USAGE, run.exitCode(), run.err()),
                () -> assertEquals(2, run.errorLines().size(), run.err()),
                () -> assertTrue(sentence.matches("Error: .*\\."), sentence),
                () -> assertTrue(sentence.contains(parts[1]), sentence),
                () -> assertEquals("", run.out()));
    }
}
