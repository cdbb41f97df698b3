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
package org.locallearning.djl.examples.doctor;

/**
 * One training step of a method on a network, on the device and on the host, against the host in
 * float64.
 *
 * @param network the network
 * @param method the method
 * @param parameter the parameter whose update differs most; null if nothing could be compared
 * @param hostError the relative difference of its update in float32 on the host
 * @param deviceError the relative difference of its update in float32 on the device
 * @param verdict whether that is as it should be
 * @param remark what there is to say; may be empty
 */
record Check(
        String network,
        String method,
        String parameter,
        double hostError,
        double deviceError,
        Verdict verdict,
        String remark) {

    /** What came of a check. */
    enum Verdict {
        /** The numbers are right. */
        OK,
        /** They are as right as the reduced precision of the device lets them be. */
        REDUCED,
        /** A number is wrong. */
        WRONG
    }
}
