/** Rules as somebody else writes them, with the published API alone. */
package org.locallearning.djl.ownrule;
