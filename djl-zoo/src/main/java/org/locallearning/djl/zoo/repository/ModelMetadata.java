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

import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The metadata of a model beyond those of any artifact. */
final class ModelMetadata {

    /** The group of the models of this project. */
    static final String GROUP_ID = "org.locallearning";

    /** A file from which DJL takes options and arguments. */
    private static final String SETTINGS = "serving.properties";

    private ModelMetadata() {}

    /**
     * Checks metadata that {@link RepositoryMetadata} has checked: they are those of the place
     * where they are, every file has an address, a size and a SHA-1, and is no archive, and nothing
     * makes DJL load other files than the checked ones.
     *
     * @param metadata the metadata
     * @param mrl where they are
     * @param location what a message calls them
     * @throws RepositoryException if they are not
     */
    static void check(Metadata metadata, MRL mrl, String location) throws RepositoryException {
        if (!mrl.getGroupId().equals(metadata.getGroupId())) {
            throw refused(location, "their group is not " + mrl.getGroupId());
        }
        if (!Objects.equals(mrl.getApplication(), metadata.getApplication())) {
            throw refused(location, "their application is not " + mrl.getApplication().getPath());
        }
        Set<String> names = new HashSet<>();
        for (Artifact artifact : metadata.getArtifacts()) {
            if (artifact.getName() == null || artifact.getName().isEmpty()) {
                throw refused(location, "an artifact has no name");
            }
            String title = "the artifact " + PlainName.quote(artifact.getName());
            if (!names.add(artifact.getVersion() + '/' + artifact.getName())) {
                throw refused(location, title + " is there twice");
            }
            if (artifact.getFiles().isEmpty()) {
                throw refused(location, title + " has no files");
            }
            if (artifact.getProperties().containsValue(null)) {
                throw refused(location, title + " has a property without a value");
            }
            if (!artifact.getOptions(null).isEmpty()) {
                throw refused(location, title + " has options, which tell DJL what to load");
            }
            Object engine = artifact.getArguments().get("engine");
            if (engine != null && !(engine instanceof String)) {
                throw refused(location, title + " has an engine that is not a name");
            }
            checkFiles(artifact, title, location);
        }
    }

    private static void checkFiles(Artifact artifact, String title, String location)
            throws RepositoryException {
        Set<String> names = new HashSet<>();
        for (Artifact.Item item : artifact.getFiles().values()) {
            String file = "the file " + PlainName.quote(item.getName()) + " of " + title;
            if (!names.add(item.getName().toLowerCase(Locale.ROOT))) {
                throw refused(location, file + " is there twice");
            }
            if (!"file".equals(item.getType()) || !item.getUri().endsWith('/' + item.getName())) {
                throw refused(location, file + " is an archive, or has another name than its uri");
            }
            if (SETTINGS.equalsIgnoreCase(item.getName())) {
                throw refused(location, file + " tells DJL what to load");
            }
            if (item.getSha1Hash() == null || !ModelRepository.isSize(item.getSize())) {
                throw refused(location, file + " has no SHA-1, or no size of 1 byte to 1 GB");
            }
        }
    }

    private static RepositoryException refused(String location, String reason) {
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s are not the metadata of a model there (%s); publish it again.",
                        location,
                        reason));
    }
}
