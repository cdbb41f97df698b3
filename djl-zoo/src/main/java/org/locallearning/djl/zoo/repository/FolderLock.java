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
package org.locallearning.djl.zoo.repository;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that one thread of one program changes at a time. The file of the lock stays: another
 * program may be waiting for it.
 */
final class FolderLock {

    private static final Logger logger = LoggerFactory.getLogger(FolderLock.class);

    private static final String FILE = ".lock";

    /** The system's locks belong to programs, not to their threads. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** Waits until no other thread or program has the folder. */
    static FolderLock take(Path folder) throws IOException {
        THREADS.lock();
        try {
            Path path = folder.resolve(FILE);
            FileChannel file =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                lock(file, path);
                return new FolderLock(file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            THREADS.unlock();
            throw e;
        }
    }

    private static void lock(FileChannel file, Path path) throws IOException {
        try {
            file.lock();
        } catch (FileLockInterruptionException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            logger.debug("{} cannot be locked: its file system has no locks.", path, e);
        }
    }

    /** Lets others have the folder. */
    void close() throws IOException {
        try {
            file.close();
        } finally {
            THREADS.unlock();
        }
    }
}
