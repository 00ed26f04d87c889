/** The thread that helps a search of many states. */
import { onThread } from '../thread.js';
import { type HelperTask, help } from './set-helper.js';

onThread(message => help(message as HelperTask));
