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

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/** A folder for results, in which a file is either the old one or the whole new one. */
public final class OutputFolder implements AutoCloseable {

    /** Ends the name of a file that is being written. */
    private static final String UNFINISHED = ".unfinished";

    /** A file that is being written, by the process of that number. */
    private static final Pattern BESIDE =
            Pattern.compile("\\..+\\.(\\d{1,18})" + Pattern.quote(UNFINISHED));

    /** Is there as long as a program has the folder for itself. */
    private static final String LOCK = ".lock";

    private final Path folder;

    /** Null for a folder that others may write too. */
    private final FileChannel lock;

    private OutputFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens a folder, making it where it is missing, and writes and removes a file to be sure that
     * results can be kept before any time is spent on them.
     *
     * @param folder the folder
     * @return the folder, known to be writable
     * @throws IOException if it cannot be made or written, in one sentence
     */
    public static OutputFolder open(Path folder) throws IOException {
        check(folder);
        return new OutputFolder(folder, null);
    }

    /**
     * Opens a folder in this one. Where this program has this one for itself, it has that one, too,
     * and deletes what killed programs left there.
     *
     * @param name the folder's name
     * @return the folder, known to be writable
     * @throws IOException if it cannot be made or written, in one sentence
     */
    public OutputFolder inside(String name) throws IOException {
        OutputFolder inside = open(file(name));
        if (lock != null) {
            deleteLeftOver(inside.folder);
        }
        return inside;
    }

    private static void check(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".writable", ""));
        } catch (FileAlreadyExistsException e) {
            Path taken = Path.of(e.getFile());
            throw new IOException(
                    String.format(
                            "The output folder '%s' cannot be used because '%s' is %s: choose"
                                    + " another folder with --out.",
                            folder,
                            taken,
                            Files.isSymbolicLink(taken)
                                    ? "a link to '"
                                            + Files.readSymbolicLink(taken)
                                            + "', which is not a folder"
                                    : "a file"),
                    e);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /**
     * Opens a folder that a program goes on in, and so has for itself until it is closed.
     *
     * @param folder the folder
     * @return the folder, known to be writable, to be closed
     * @throws IOException if it cannot be made or written, or another program has it, in one
     *     sentence
     */
    public static OutputFolder openAlone(Path folder) throws IOException {
        check(folder);
        FileChannel lock;
        try {
            lock =
                    FileChannel.open(
                            folder.resolve(LOCK),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        if (!isFree(lock)) {
            lock.close();
            throw new IOException(
                    String.format(
                            "Another program is at work in the output folder '%s': wait for its"
                                    + " end, or choose another folder with --out.",
                            folder));
        }
        OutputFolder alone = new OutputFolder(folder, lock);
        try {
            deleteLeftOver(folder);
        } catch (IOException e) {
            alone.close();
            throw unwritable(folder, e);
        }
        return alone;
    }

    /** Takes a lock, which the system gives back however the program ends. */
    private static boolean isFree(FileChannel lock) {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            // a file system without locks
            return true;
        }
    }

    /** Lets others have the folder. */
    @Override
    public void close() throws IOException {
        if (lock != null) {
            Files.deleteIfExists(folder.resolve(LOCK));
            lock.close();
        }
    }

    private static IOException unwritable(Path folder, IOException e) {
        return new IOException(
                String.format(
                        "The output folder '%s' cannot be written (%s): choose another folder with"
                                + " --out.",
                        folder, FileFailure.reason(e)),
                e);
    }

    /** Deletes what programs that were killed while they wrote left behind. */
    private static void deleteLeftOver(Path folder) throws IOException {
        List<Path> content;
        try (Stream<Path> files = Files.list(folder)) {
            content = files.toList();
        }
        for (Path file : content) {
            Matcher beside = BESIDE.matcher(file.getFileName().toString());
            if (beside.matches()
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && ProcessHandle.of(Long.parseLong(beside.group(1))).isEmpty()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Returns the path of a file in the folder.
     *
     * @param name the file's name
     * @return its path
     */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Removes a file, if there is one of that name.
     *
     * @param name the file's name
     * @throws IOException if it cannot be removed
     */
    public void remove(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    /**
     * Writes a text file in UTF-8.
     *
     * @param name the file's name
     * @param text its whole content
     * @throws IOException if it cannot be written; an older file of that name is then untouched
     */
    public void write(String name, String text) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a file.
     *
     * @param name the file's name
     * @param content its whole content
     * @throws IOException if it cannot be written; an older file of that name is then untouched
     */
    public void write(String name, byte[] content) throws IOException {
        Path target = file(name);
        Path beside = folder.resolve("." + name + "." + ProcessHandle.current().pid() + UNFINISHED);
        try {
            Files.write(beside, content);
            try {
                Files.move(
                        beside,
                        target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new IOException(
                    "The file '"
                            + target
                            + "' cannot be written: "
                            + FileFailure.reason(e)
                            + "; make room or choose another folder with --out.",
                    e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
