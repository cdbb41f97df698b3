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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.sweep.trial.TrialJob;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import org.locallearning.djl.examples.sweep.trial.TrialRunner;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Runs trials as tasks of a Spark cluster, one trial a task.
 *
 * <p>Spark hands the tasks out, and repeats those of executors that are lost; outcomes come back as
 * the tasks' values and are handed over as they come. Settings of {@code spark-submit} hold, but
 * for those that trials need: a task has as many cores as a trial has threads, and the sum of all
 * results has no limit.
 */
public final class SparkTrialRunner implements TrialRunner {

    private static final String JAR = "trial-task.jar";
    private static final String DATA = "data.zip";
    private static final int MASTER_SECONDS = 30;
    private static final String LOST_EXECUTORS = "8";
    private static final int REQUIRED_JAVA = 17;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SparkContext context;
    private final SparkTask task;
    private final Path files;
    private final Settings settings;
    private final Consumer<String> notes;

    private SparkTrialRunner(
            SparkContext context,
            SparkTask task,
            Path files,
            Settings settings,
            Consumer<String> notes) {
        this.context = context;
        this.task = task;
        this.files = files;
        this.settings = settings;
        this.notes = notes;
    }

    /**
     * What is different on a cluster.
     *
     * @param master the master as Spark has it; empty for that of {@code spark-submit}
     * @param threads the threads of a trial
     * @param data the folder of the data, null for data that trials fetch or draw
     * @param ship whether to send that folder to the executors
     * @param work a folder that all executors share for the folders of trials, or null for the
     *     executors' own
     */
    public record Settings(String master, int threads, Path data, boolean ship, Path work) {}

    /**
     * Connects to a cluster.
     *
     * @param program where executors find the program
     * @param settings what is different on a cluster
     * @param notes gets a sentence for the user where trials wait for executors
     * @return the runner, to be closed
     * @throws IOException if the master does not answer, or data cannot be packed
     * @throws InterruptedException if the thread is interrupted while it waits for the master
     */
    public static SparkTrialRunner connect(
            TrialProgram program, Settings settings, Consumer<String> notes)
            throws IOException, InterruptedException {
        SparkConf conf = new SparkConf();
        if (!settings.master.isEmpty()) {
            conf.setMaster(settings.master);
        }
        if (!conf.contains("spark.master")) {
            throw new IOException(
                    "--spark needs a master: give its address, such as --spark"
                            + " spark://host:7077, or start the program with spark-submit.");
        }
        SparkMaster.await(conf.get("spark.master"), MASTER_SECONDS);
        Path files = Files.createTempDirectory("sweep");
        // also where the program is ended; what is named first is deleted last
        for (Path each : List.of(files, files.resolve(JAR), files.resolve(DATA))) {
            each.toFile().deleteOnExit();
        }
        Path jar = files.resolve(JAR);
        TaskJar.write(jar);
        String cores = String.valueOf(settings.threads);
        conf.setIfMissing("spark.app.name", "local-learning sweep");
        conf.setIfMissing("spark.ui.enabled", "false");
        conf.setIfMissing("spark.executor.cores", cores);
        // executors that are lost count, trials that fail do not
        conf.setIfMissing("spark.task.maxFailures", LOST_EXECUTORS);
        conf.set("spark.task.cpus", cores);
        // it would count all results of the job together, which are stored one by one
        conf.set("spark.driver.maxResultSize", "0");
        conf.set("spark.speculation", "false");
        if (settings.ship) {
            Path archive = files.resolve(DATA);
            DataArchive.write(settings.data, archive);
            conf.set("spark.archives", archive.toUri() + "#" + SparkTask.DATA);
        }
        SparkContext context = new SparkContext(conf);
        context.addJar(jar.toString());
        return new SparkTrialRunner(
                context,
                new SparkTask(
                        program,
                        settings.data == null ? null : settings.data.toAbsolutePath().toString(),
                        settings.ship,
                        settings.work == null ? null : settings.work.toAbsolutePath().toString()),
                files,
                settings,
                notes);
    }

    /** Hands an outcome over on the scheduler's thread, which must not see an exception. */
    private static final class Handler extends AbstractFunction2<Object, TrialOutcome, BoxedUnit> {

        private final SparkContext context;
        private final List<TrialJob> jobs;
        private final Ended ended;
        private final AtomicReference<IOException> refused;

        Handler(
                SparkContext context,
                List<TrialJob> jobs,
                Ended ended,
                AtomicReference<IOException> refused) {
            this.context = context;
            this.jobs = jobs;
            this.ended = ended;
            this.refused = refused;
        }

        @Override
        public BoxedUnit apply(Object partition, TrialOutcome outcome) {
            if (refused.get() == null) {
                try {
                    ended.accept(jobs.get((Integer) partition), outcome);
                } catch (IOException e) {
                    refuse(e);
                } catch (RuntimeException e) {
                    refuse(new IOException("An outcome could not be kept: " + e, e));
                }
            }
            return BoxedUnit.UNIT;
        }

        private void refuse(IOException e) {
            refused.set(e);
            context.cancelAllJobs();
        }
    }

    /** {@inheritDoc} */
    @Override
    public void run(List<TrialJob> jobs, Ended ended) throws IOException, InterruptedException {
        AtomicReference<IOException> refused = new AtomicReference<>();
        ClassTag<TrialJob> jobTag = ClassTag$.MODULE$.apply(TrialJob.class);
        ClassTag<TrialOutcome> outcomeTag = ClassTag$.MODULE$.apply(TrialOutcome.class);
        Seq<TrialJob> all = CollectionConverters.asScala(jobs).toSeq();
        RDD<TrialJob> partitions = context.parallelize(all, jobs.size(), jobTag);
        List<Object> numbers = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            numbers.add(i);
        }
        // a cancelled task interrupts the thread that waits for the trial, and so ends it
        context.setJobGroup("trials", "trials of a sweep", true);
        WaitingNote waiting = waitingNote();
        try {
            context.runJob(
                    partitions,
                    task,
                    CollectionConverters.asScala(numbers).toSeq(),
                    new Handler(context, jobs, ended, refused),
                    outcomeTag);
        } catch (RuntimeException e) {
            throw refused.get() == null ? explained(e) : refused.get();
        } finally {
            waiting.close();
        }
        if (refused.get() != null) {
            throw refused.get();
        }
    }

    /** The driver itself is one of those that Spark calls executors. */
    private int executors() {
        return context.statusTracker().getExecutorInfos().length - 1;
    }

    private WaitingNote waitingNote() {
        // local masters run trials in the driver
        boolean come = context.isLocal();
        return new WaitingNote(
                () -> come || executors() > 0,
                PATIENCE,
                () ->
                        notes.accept(
                                String.format(
                                        Locale.ROOT,
                                        "Note: no executor of %s has come for %d s, and the trials"
                                                + " wait: start workers with room for %d core(s)"
                                                + " and %d MiB, or, where their executors end at"
                                                + " once, see stderr in the workers' folders of"
                                                + " the application (they need Java %d or newer).",
                                        context.master(),
                                        PATIENCE.toSeconds(),
                                        context.getConf().getInt("spark.executor.cores", 1),
                                        context.executorMemory(),
                                        REQUIRED_JAVA)));
    }

    /** Says in one sentence why Spark gave up. */
    static IOException explained(Exception e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("Master removed our application")) {
            return new IOException(
                    String.format(
                            Locale.ROOT,
                            "No executor could start on the workers: they have to run Java %d or"
                                    + " newer, and Spark as it is here; the file stderr in a worker's"
                                    + " folder of the application has the reason.",
                            REQUIRED_JAVA),
                    e);
        }
        if (text.contains(UnsupportedClassVersionError.class.getSimpleName())) {
            return new IOException(
                    String.format(
                            Locale.ROOT,
                            "An executor runs a Java that is older than this program needs: its"
                                    + " workers have to run Java %d or newer.",
                            REQUIRED_JAVA),
                    e);
        }
        return new IOException(
                "Spark gave the trials up: " + text.lines().findFirst().orElse("no reason."), e);
    }

    /** Returns how many trials the executors that have come so far run at a time. */
    @Override
    public int parallel() {
        int cores = context.getConf().getInt("spark.executor.cores", settings.threads);
        return Math.max(1, executors() * (cores / settings.threads));
    }

    /** {@inheritDoc} */
    @Override
    public void forget(String name) throws IOException {
        if (settings.work != null) {
            FolderDeletion.delete(settings.work.resolve(name));
        }
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        context.stop();
        try {
            for (String name : List.of(JAR, DATA)) {
                Files.deleteIfExists(files.resolve(name));
            }
            Files.deleteIfExists(files);
        } catch (IOException e) {
            // temporary files, which the system clears
        }
    }
}
